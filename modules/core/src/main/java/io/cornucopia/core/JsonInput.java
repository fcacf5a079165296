package io.cornucopia.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * A JSON object that is read from front to end, in which a value of the wrong type counts as one that is not there.
 *
 * <p>Nesting is bounded by 64 levels, a string by 1 MiB, a number by 100 digits.
 */
final class JsonInput {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxStringLength(1 << 20)
                    .maxNameLength(1 << 10)
                    .maxNumberLength(100)
                    .build())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            // Field names come from outside: the JVM's own table of strings is not for them.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final int MAX_INTEGER_DIGITS = 18;

    private final JsonParser parser;

    private JsonInput(JsonParser parser) {
        this.parser = parser;
    }

    /** Reads one thing out of a whole document. */
    interface Document<T> {
        T read(JsonInput input) throws IOException, MalformedPageException;
    }

    /** Takes the value of one key of an object, or leaves it. */
    interface Member {
        void read(String key) throws IOException, MalformedPageException;
    }

    /** Takes one element of an array, or leaves it. */
    interface Element {
        void read() throws IOException, MalformedPageException;
    }

    /**
     * Reads a document that is one object; the stream is left open.
     *
     * @throws MalformedPageException if it is not one whole JSON object within the bounds
     */
    static <T> T read(InputStream body, Document<T> document) throws IOException, MalformedPageException {
        try (JsonParser parser = FACTORY.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedPageException("not a JSON object");
            }
            T result = document.read(new JsonInput(parser));
            if (parser.nextToken() != null) {
                throw new MalformedPageException("something follows the JSON object");
            }
            return result;
        } catch (StreamConstraintsException e) {
            throw new MalformedPageException("JSON beyond the bounds on depth or length", e);
        } catch (JsonProcessingException | CharConversionException e) {
            throw new MalformedPageException("broken or truncated JSON", e);
        }
    }

    /** Reads the value at hand as an object, key by key; false if it is none. */
    boolean object(Member member) throws IOException, MalformedPageException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            member.read(key);
            // Stands still after a scalar and at the end of what was read.
            parser.skipChildren();
        }
        return true;
    }

    /** Reads the value at hand as an array; false if it is none. */
    boolean array(Element element) throws IOException, MalformedPageException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return false;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            element.read();
            parser.skipChildren();
        }
        return true;
    }

    /** The value at hand as an object of strings; other members are left out; false if it is no object. */
    boolean strings(BiConsumer<String, String> member) throws IOException, MalformedPageException {
        return object(key -> {
            Optional<String> value = string();
            if (value.isPresent()) {
                member.accept(key, value.get());
            }
        });
    }

    /** Whether the value at hand is null. */
    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** The value at hand if it is a string, well-formed. */
    Optional<String> string() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING
                ? Optional.of(WellFormed.text(parser.getText()))
                : Optional.empty();
    }

    /** The value at hand as it is written, if it is a string or a number. */
    Optional<String> stringOrNumber() throws IOException {
        JsonToken token = parser.currentToken();
        return token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT
                ? Optional.of(parser.getText())
                : string();
    }

    /** The value at hand if it is true or false. */
    Optional<Boolean> flag() {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> Optional.of(true);
            case VALUE_FALSE -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** The value at hand if it is an integer from 0 of at most 18 digits. */
    OptionalLong count() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? count(parser.getText()) : OptionalLong.empty();
    }

    /** Like {@link #count()}, or such an integer in a string. */
    OptionalLong countOrString() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING ? count(parser.getText()) : count();
    }

    private static OptionalLong count(String text) {
        boolean digits = !text.isEmpty()
                && text.length() <= MAX_INTEGER_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
