package io.cornucopia.benchmarks;

import java.util.List;
import java.util.Optional;

/**
 * What clients do.
 *
 * @param path what they ask for
 * @param headers with these, such as {@code Accept: text/html}
 * @param connections over how many connections, each of which asks again when it is answered
 * @param script a function {@code request} of wrk's, if they do not all ask the same
 */
record Load(String path, List<String> headers, int connections, Optional<String> script) {
    static final String JSON = "Accept: application/vnd.pypi.simple.v1+json";
    static final String GZIP = "Accept-Encoding: gzip";

    Load {
        headers = List.copyOf(headers);
    }

    static Load of(String path, int connections, String... headers) {
        return new Load(path, List.of(headers), connections, Optional.empty());
    }

    Load scripted(String lua) {
        return new Load(path, headers, connections, Optional.of(lua));
    }
}
