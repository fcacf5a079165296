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
 */
public record Seen(String method, String path, Map<String, String> headers, Optional<String> rangeHeader, int status) {}
