package io.cornucopia.testkit;

import java.util.Map;
import java.util.Optional;

/**
 * A request that the fake upstream saw.
 *
 * @param method its method
 * @param path its path, without a query
 * @param headers its header fields, names in lower case, several lines of one name joined by {@code ", "}
 * @param rangeHeader its Range
 * @param status the status of the answer, 0 as long as there is none
 * @param fromPort the port of whoever asked
 * @param sent how many bytes of body were given to the network for it so far
 */
public record Seen(
        String method,
        String path,
        Map<String, String> headers,
        Optional<String> rangeHeader,
        int status,
        int fromPort,
        long sent) {}
