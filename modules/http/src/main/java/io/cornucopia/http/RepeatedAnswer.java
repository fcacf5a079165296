package io.cornucopia.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer that was given and may be given again.
 *
 * @param route what it was an answer to
 * @param uri the request's target, for the log
 * @param status its status
 * @param head its head up to where {@code Date} and {@code Age} are to follow
 * @param what what it was made of
 */
record RepeatedAnswer(Route route, String uri, int status, byte[] head, Repeatable what) {
    private static final byte[] DATE = "date: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AGE = "\r\nage: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /** More than date and age take. */
    private static final int ROOM = 96;

    /** The answer that {@code exchange} ended in, to be given again for as long as {@code what} holds. */
    static RepeatedAnswer of(Exchange exchange, Repeatable what) {
        HttpServerResponse response = exchange.response();
        int status = response.getStatusCode();
        StringBuilder head = new StringBuilder(512)
                .append("HTTP/1.1 ")
                .append(HttpResponseStatus.valueOf(status))
                .append("\r\n");
        for (Map.Entry<String, String> header : response.headers()) {
            if (!HttpHeaderNames.DATE.contentEqualsIgnoreCase(header.getKey())
                    && !HttpHeaderNames.AGE.contentEqualsIgnoreCase(header.getKey())) {
                head.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append("\r\n");
            }
        }
        return new RepeatedAnswer(
                exchange.route(),
                exchange.target(),
                status,
                head.toString().getBytes(StandardCharsets.ISO_8859_1),
                what);
    }

    /** How many bytes {@link #writeHead} takes at most. */
    int maxHeadLength() {
        return head.length + ROOM;
    }

    void writeHead(ByteBuf out, CharSequence date, Repeatable.Again again) {
        out.writeBytes(head).writeBytes(DATE);
        ByteBufUtil.writeAscii(out, date);
        if (again.ageSeconds() >= 0) {
            out.writeBytes(AGE);
            ByteBufUtil.writeAscii(out, Long.toString(again.ageSeconds()));
        }
        out.writeBytes(END);
    }
}
