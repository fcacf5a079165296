package io.cornucopia.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads a form ({@code multipart/form-data}, RFC 7578) as it arrives, in whatever pieces. It holds nothing back but what may
 * be the beginning of a boundary, and the head of a part until that is whole.
 *
 * <p>Not Vert.x's own decoder, which bounds a field's length and the number of fields but not both together, takes a form
 * that ends in the middle for a whole one, and goes on reading for a while after a file was paused.
 */
final class MultipartParser {
    private static final int MAX_BOUNDARY_LENGTH = 70;
    private static final int MAX_HEAD_LENGTH = 16 * 1024;
    // Before the first boundary and after the last: nobody sends more than a line there.
    private static final int MAX_AROUND = 64 * 1024;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private final Parts parts;
    private final byte[] delimiter;
    private final int[] shifts = new int[256];
    private State state = State.PREAMBLE;
    // The first boundary needs no line before it.
    private byte[] held = {'\r', '\n'};
    private int around;

    private enum State {
        PREAMBLE,
        BOUNDARY,
        HEAD,
        BODY,
        EPILOGUE
    }

    /** Takes the parts, in the order of the form. */
    interface Parts {
        /** A part begins. */
        void begin(PartHead head) throws UnacceptableFormException;

        /** More of it: {@code bytes}, from {@code from} to before {@code to}, good during the call only. */
        void more(byte[] bytes, int from, int to) throws UnacceptableFormException;

        /** The part is complete. */
        void end() throws UnacceptableFormException;
    }

    /** @param boundary as {@link #boundary} found it */
    MultipartParser(String boundary, Parts parts) {
        this.parts = parts;
        delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(shifts, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            shifts[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
    }

    /** The boundary that a {@code Content-Type} names; empty if it is not that of a form or names none. */
    static Optional<String> boundary(String contentType) {
        int semicolon = contentType.indexOf(';');
        if (semicolon < 0
                || !contentType
                        .substring(0, semicolon)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .equals("multipart/form-data")) {
            return Optional.empty();
        }
        for (String parameter : contentType.substring(semicolon + 1).split(";", -1)) {
            String[] pair = parameter.strip().split("=", 2);
            if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("boundary")) {
                String value = pair[1].strip();
                if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
                    value = value.substring(1, value.length() - 1);
                }
                return Optional.of(value)
                        .filter(text -> !text.isEmpty() && text.length() <= MAX_BOUNDARY_LENGTH)
                        .filter(text -> text.chars().allMatch(c -> c >= 0x20 && c < 0x7f));
            }
        }
        return Optional.empty();
    }

    /** Takes the next piece. Once it has failed, the form is over. */
    void feed(byte[] piece) throws UnacceptableFormException {
        byte[] bytes = held.length == 0 ? piece : joined(held, piece);
        int at = 0;
        int before = -1;
        while (at != before) {
            before = at;
            State was = state;
            at = step(bytes, at);
            if (state != was) {
                before = -1;
            }
        }
        held = Arrays.copyOfRange(bytes, at, bytes.length);
    }

    /** No more comes: the form must have been whole. */
    void end() throws UnacceptableFormException {
        if (state != State.EPILOGUE) {
            throw new UnacceptableFormException(
                    state == State.PREAMBLE
                            ? "The form is broken: the boundary that Content-Type names does not occur in it"
                            : "The form is broken: it ends in the middle, before its last boundary");
        }
    }

    /** @return up to where {@code bytes} are done with; the same position and state as before if more are needed */
    private int step(byte[] bytes, int at) throws UnacceptableFormException {
        return switch (state) {
            case PREAMBLE, BODY -> content(bytes, at);
            case BOUNDARY -> boundary(bytes, at);
            case HEAD -> head(bytes, at);
            case EPILOGUE -> {
                passOver(bytes.length - at);
                yield bytes.length;
            }
        };
    }

    private int content(byte[] bytes, int at) throws UnacceptableFormException {
        int found = find(bytes, at);
        int to = found >= 0 ? found : Math.max(at, bytes.length - delimiter.length + 1);
        if (state == State.PREAMBLE) {
            passOver(to - at);
        } else if (to > at) {
            parts.more(bytes, at, to);
        }
        if (found < 0) {
            return to;
        }
        if (state == State.BODY) {
            parts.end();
        }
        state = State.BOUNDARY;
        return found + delimiter.length;
    }

    private int boundary(byte[] bytes, int from) throws UnacceptableFormException {
        int at = from;
        while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        passOver(at - from);
        if (bytes.length - at < 2) {
            return at;
        }
        if (at == from && bytes[at] == '-' && bytes[at + 1] == '-') {
            state = State.EPILOGUE;
            return at + 2;
        }
        if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
            throw new UnacceptableFormException("The form is broken: a boundary does not end its line");
        }
        // The line's end stays, so that a head of no lines ends like any other.
        state = State.HEAD;
        return at;
    }

    private int head(byte[] bytes, int at) throws UnacceptableFormException {
        int end = at;
        while (end + HEAD_END.length <= bytes.length
                && !Arrays.equals(bytes, end, end + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
            end++;
        }
        if (end - at > MAX_HEAD_LENGTH) {
            throw new UnacceptableFormException("The form is broken: the head of a part is too long");
        }
        if (end + HEAD_END.length > bytes.length) {
            return at;
        }
        parts.begin(PartHead.parse(bytes, at, end));
        state = State.BODY;
        return end + HEAD_END.length;
    }

    private void passOver(int length) throws UnacceptableFormException {
        around += length;
        if (around > MAX_AROUND) {
            throw new UnacceptableFormException("The form is broken: there is too much that belongs to no part of it");
        }
    }

    /** Where the delimiter begins, or -1; after Horspool. */
    private int find(byte[] bytes, int from) {
        int last = delimiter.length - 1;
        int at = from;
        while (at + last < bytes.length) {
            int i = last;
            while (i >= 0 && bytes[at + i] == delimiter[i]) {
                i--;
            }
            if (i < 0) {
                return at;
            }
            at += shifts[bytes[at + last] & 0xff];
        }
        return -1;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
