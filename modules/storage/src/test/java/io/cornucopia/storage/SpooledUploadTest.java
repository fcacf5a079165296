package io.cornucopia.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpooledUploadTest {
    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch mayWrite = new CountDownLatch(1);
    private SpooledUpload upload;

    @BeforeEach
    void onSlowDisk() {
        upload = new SpooledUpload(vertx, () -> {
            writing.countDown();
            try {
                assertThat(mayWrite.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Stage.begin(directory);
        });
    }

    @AfterEach
    void closeVertx() {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    @Test
    @DisplayName("a write completes once the disk has it, and there is one at a time: memory does not grow")
    void bounded() throws Exception {
        Future<Void> write = upload.write(Buffer.buffer("abc"));
        assertThat(writing.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(write.isComplete()).isFalse();
        assertThat(upload.length()).isZero();
        assertThatThrownBy(() -> get(upload.write(Buffer.buffer("too early"))))
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> get(upload.end())).hasCauseInstanceOf(IllegalStateException.class);
        mayWrite.countDown();
        get(write);
        assertThat(upload.length()).isEqualTo(3);
        assertThat(get(upload.end()).length()).isEqualTo(3);
        assertThat(upload.path()).hasContent("abc");
    }

    @Test
    @DisplayName("an upload that is discarded while bytes are written is gone when both are done")
    void discardedWhileWriting() throws Exception {
        Future<Void> write = upload.write(Buffer.buffer("abc"));
        assertThat(writing.await(30, TimeUnit.SECONDS)).isTrue();
        Future<Void> discard = upload.discard();
        mayWrite.countDown();
        get(write);
        get(discard);
        assertThat(directory).isEmptyDirectory();
    }
}
