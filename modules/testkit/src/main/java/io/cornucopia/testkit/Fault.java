package io.cornucopia.testkit;

import java.time.Duration;
import java.util.Map;

/** A way for {@link FakeUpstream} to misbehave. */
public sealed interface Fault {
    /** Answers with this status and a short text. */
    record Status(int code, Map<String, String> headers) implements Fault {}

    /** Waits before it answers as usual. */
    record Delay(Duration time) implements Fault {}

    /** Sends that many bytes of the body, then nothing more and stays connected. */
    record Stall(long afterBytes) implements Fault {}

    /** Announces the whole length, sends that many bytes, and closes the connection in good order. */
    record ShortBody(long bytes) implements Fault {}

    /** Sends that many bytes as a chunked body that ends as if it were whole. */
    record ShortChunked(long bytes) implements Fault {}

    /** Changes one byte near the end. */
    record WrongBytes() implements Fault {}

    /** Sends that many bytes of the body, then resets the connection; with 0 even before the head. */
    record Reset(long afterBytes) implements Fault {}

    /** Ignores {@code Range}. */
    record NoRange() implements Fault {}

    /** Sends the body no faster than this. */
    record Throttle(long bytesPerSecond) implements Fault {}

    /** Redirects. */
    record Redirect(String location, int code) implements Fault {}

    /** Answers 200 with this instead. */
    record Body(String contentType, byte[] bytes) implements Fault {}

    /** Does what {@code fault} does for the first {@code count} requests only. */
    record Times(int count, Fault fault) implements Fault {}
}
