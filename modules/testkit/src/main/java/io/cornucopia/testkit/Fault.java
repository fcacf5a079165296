package io.cornucopia.testkit;

import java.time.Duration;
import java.util.Map;

/**
 * Something that the fake upstream does wrong. Faults on one path add up: a {@link Delay} and a {@link Status} make a
 * late error.
 */
public sealed interface Fault {

    /** Another status with an empty body. */
    record Status(int code, Map<String, String> headers) implements Fault {
        public Status(int code) {
            this(code, Map.of());
        }
    }

    /** Says nothing at all for that long, then answers. */
    record Delay(Duration time) implements Fault {}

    /** Sends the head and that many bytes of the body, then nothing until the stalls are released. A HEAD has it all. */
    record Stall(long afterBytes) implements Fault {}

    /** Declares the whole length, sends that many bytes and closes the connection in good order. */
    record ShortBody(long bytes) implements Fault {}

    /** Sends that many bytes as chunks, and ends them as if that were all. */
    record ShortChunked(long bytes) implements Fault {}

    /** Turns one byte near the end of what is sent. */
    record WrongBytes() implements Fault {}

    /** Sends the head and that many bytes, then resets the connection. */
    record Reset(long afterBytes) implements Fault {}

    /** Answers a request for a range with the whole. */
    record NoRange() implements Fault {}

    /** Sends the body at that speed. */
    record Throttle(long bytesPerSecond) implements Fault {}

    /** Sends the client elsewhere. */
    record Redirect(String location, int code) implements Fault {}

    /** Does the other fault for the first requests only. */
    record Times(int n, Fault fault) implements Fault {}

    /** Answers 200 with these bytes. */
    @SuppressWarnings("ArrayRecordComponent")
    record Body(String contentType, byte[] bytes) implements Fault {}
}
