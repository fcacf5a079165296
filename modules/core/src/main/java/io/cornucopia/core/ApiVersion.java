package io.cornucopia.core;

import java.io.IOException;
import java.util.OptionalLong;

/** The version of the simple API that a page declares (PEP 629, 691). */
final class ApiVersion {
    private static final String MAJOR = "1";

    private ApiVersion() {}

    /** @throws MalformedPageException if the major version is not 1: a page of another one means something else */
    static void check(String declared) throws MalformedPageException {
        String version = declared.strip();
        int dot = version.indexOf('.');
        if (!(dot < 0 ? version : version.substring(0, dot)).equals(MAJOR)) {
            throw new MalformedPageException("api-version " + MalformedPageException.quote(declared));
        }
    }

    /**
     * Reads the value at hand as a JSON page's {@code meta}.
     *
     * @return the serial in it
     * @throws MalformedPageException if it declares another version, or is something else than an object or null
     */
    static OptionalLong readMeta(JsonInput input) throws IOException, MalformedPageException {
        OptionalLong[] serial = {OptionalLong.empty()};
        boolean object = input.object(key -> {
            if (key.equals("api-version")) {
                check(input.stringOrNumber().orElse("of another type"));
            } else if (key.equals("_last-serial")) {
                serial[0] = input.countOrString();
            }
        });
        if (!object && !input.isNull()) {
            throw new MalformedPageException("meta is not an object");
        }
        return serial[0];
    }
}
