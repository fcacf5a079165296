package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PageMemoryTest {
    private static final int MANY = PageMemory.MAX_COPIED + 1;

    private final PageMemory memory = new PageMemory(2L * MANY);

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void keepsBytesAsTheyAre() {
        for (int length : new int[] {0, 1, PageMemory.MAX_COPIED, MANY}) {
            PageBytes kept = memory.keep(bytes(length));
            assertThat(kept.length()).isEqualTo(length);
            assertThat(kept.buffer().getBytes()).isEqualTo(bytes(length));
        }
    }

    @Test
    void onlyManyBytesLieOutsideTheHeapAndOnlyWhileThereIsRoom() {
        assertThat(memory.keep(bytes(PageMemory.MAX_COPIED))).isInstanceOf(PageBytes.OnHeap.class);
        PageBytes first = memory.keep(bytes(MANY));
        PageBytes second = memory.keep(bytes(MANY));
        PageBytes third = memory.keep(bytes(MANY));
        assertThat(first).isInstanceOf(PageBytes.OffHeap.class);
        assertThat(second).isInstanceOf(PageBytes.OffHeap.class);
        assertThat(third).isInstanceOf(PageBytes.OnHeap.class);
        assertThat(memory.taken()).isEqualTo(2L * MANY);
        assertThat(third.buffer().getBytes()).isEqualTo(second.buffer().getBytes());
    }

    @Test
    void whoeverSendsThemHasAPositionOfItsOwn() {
        PageBytes kept = memory.keep(bytes(MANY));
        Buffer one = kept.buffer();
        ((BufferInternal) one).getByteBuf().skipBytes(MANY);
        ((BufferInternal) one).getByteBuf().internalNioBuffer(0, MANY).position(MANY);
        assertThat(kept.buffer().getBytes()).isEqualTo(bytes(MANY));
        assertThat(((BufferInternal) kept.buffer())
                        .getByteBuf()
                        .internalNioBuffer(0, MANY)
                        .remaining())
                .isEqualTo(MANY);
    }

    @Test
    void roomIsFreeAgainOnceNobodyHoldsIt() {
        Buffer view = memory.keep(bytes(MANY)).buffer();
        memory.keep(bytes(MANY));
        Awaitility.await().until(() -> {
            System.gc();
            return memory.taken() == MANY;
        });
        assertThat(view.getBytes()).isEqualTo(bytes(MANY));
        assertThat(memory.keep(bytes(MANY))).isInstanceOf(PageBytes.OffHeap.class);
    }
}
