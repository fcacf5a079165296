package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonObject;
import java.util.OptionalDouble;

/**
 * One measurement of one server.
 *
 * @param value the figure that counts, in the scenario's unit
 * @param cpuMicros processor time of the server a request
 * @param residentBytes memory of the server right after it
 * @param raw everything else that was seen
 */
record Sample(double value, OptionalDouble cpuMicros, long residentBytes, JsonObject raw) {

    static Sample of(double value) {
        return new Sample(value, OptionalDouble.empty(), 0, new JsonObject());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("value", value);
        cpuMicros.ifPresent(micros -> json.put("cpu_micros_a_request", micros));
        if (residentBytes > 0) {
            json.put("resident_bytes", residentBytes);
        }
        return raw.isEmpty() ? json : json.put("raw", raw);
    }
}
