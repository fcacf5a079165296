package io.cornucopia.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers by the heads of the requests that got them. Installers are few, and what they send is the same to the last byte each
 * time: so what a head asks for is worked out once. Belongs to one event loop.
 */
final class RepeatedAnswers {
    /** Longer heads are not kept, in bytes. */
    static final int MAX_HEAD = 1024;

    private static final int MAX_ANSWERS = 2048;
    private static final float LOAD_FACTOR = 0.75f;

    private final Map<ByteBuf, RepeatedAnswer> answers = new LinkedHashMap<>(MAX_ANSWERS, LOAD_FACTOR, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuf, RepeatedAnswer> eldest) {
            return size() > MAX_ANSWERS;
        }
    };

    /** What this head was answered with; null if it is not known. */
    RepeatedAnswer get(ByteBuf head) {
        return head.readableBytes() <= MAX_HEAD ? answers.get(head) : null;
    }

    /** Keeps {@code answer} for this head. */
    void put(byte[] head, RepeatedAnswer answer) {
        answers.put(Unpooled.wrappedBuffer(head), answer);
    }

    /** Forgets what this head was answered with, since it does not hold any more. */
    void remove(ByteBuf head) {
        answers.remove(head);
    }
}
