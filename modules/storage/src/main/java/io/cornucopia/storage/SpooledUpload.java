package io.cornucopia.storage;

import io.cornucopia.core.HashAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * An upload on its way into a {@link Stage}, which is made with the first byte.
 *
 * <p>The monitor is held during I/O, on workers only: to discard waits there for the write that is being done.
 */
final class SpooledUpload implements IncomingFile {
    private static final int BLAKE2B_BITS = 256;

    /** Where the bytes go. */
    interface Place {
        /** Makes a new one; blocks. */
        Stage make() throws IOException;
    }

    private enum State {
        ARRIVING,
        ENDED,
        /** Published, or about to be: it is the store's now. */
        TAKEN,
        DISCARDED,
        /** Not all of it could be written. */
        BROKEN
    }

    private final Vertx vertx;
    private final Place place;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final MessageDigest sha256 = FileVerification.messageDigest(HashAlgorithm.SHA256);
    private final MessageDigest md5 = FileVerification.messageDigest(HashAlgorithm.MD5);
    private final Blake2bDigest blake2b = new Blake2bDigest(BLAKE2B_BITS);
    private volatile long length;
    private volatile State state = State.ARRIVING;
    private volatile Stage stage;
    private FileChannel channel;
    private Received received;

    SpooledUpload(Vertx vertx, Place place) {
        this.vertx = vertx;
        this.place = place;
    }

    @Override
    public Future<Void> write(Buffer bytes) {
        return oneAtATime(() -> {
            append(bytes.getBytes());
            return null;
        });
    }

    @Override
    public Future<Received> end() {
        return oneAtATime(this::finish);
    }

    private <T> Future<T> oneAtATime(Callable<T> step) {
        if (!busy.compareAndSet(false, true)) {
            return Future.failedFuture(new IllegalStateException("a write to this upload is being done already"));
        }
        return vertx.executeBlocking(
                () -> {
                    try {
                        return step.call();
                    } finally {
                        busy.set(false);
                    }
                },
                false);
    }

    private synchronized void append(byte[] bytes) throws IOException {
        require(State.ARRIVING);
        try {
            openFile();
            ByteBuffer source = ByteBuffer.wrap(bytes);
            while (source.hasRemaining()) {
                channel.write(source);
            }
        } catch (IOException e) {
            state = State.BROKEN;
            throw e;
        }
        sha256.update(bytes);
        md5.update(bytes);
        blake2b.update(bytes, 0, bytes.length);
        length += bytes.length;
    }

    private void openFile() throws IOException {
        if (stage == null) {
            stage = place.make();
        }
        if (channel == null) {
            channel = FileChannel.open(stage.bytes(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    private synchronized Received finish() throws IOException {
        require(State.ARRIVING);
        openFile();
        byte[] blake2b256 = new byte[BLAKE2B_BITS / Byte.SIZE];
        blake2b.doFinal(blake2b256, 0);
        received = new Received(length, hex(sha256.digest()), hex(md5.digest()), hex(blake2b256));
        state = State.ENDED;
        return received;
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Path path() {
        require(State.ENDED);
        return stage.bytes();
    }

    @Override
    public Future<Void> discard() {
        return vertx.executeBlocking(
                () -> {
                    drop();
                    return null;
                },
                false);
    }

    private synchronized void drop() throws IOException {
        if (state == State.TAKEN || state == State.DISCARDED) {
            return;
        }
        state = State.DISCARDED;
        try {
            closeFile();
        } finally {
            if (stage != null) {
                stage.remove();
            }
        }
    }

    /** What it is; only once it has ended. */
    synchronized Received received() {
        require(State.ENDED);
        return received;
    }

    /** Hands over the stage with its bytes, for the caller to remove; {@link #discard} is without effect from here on. */
    synchronized Stage take() {
        require(State.ENDED);
        state = State.TAKEN;
        return stage;
    }

    /** Brings its bytes to the disk, once it was taken. Blocks. */
    synchronized void force() throws IOException {
        channel.force(true);
        closeFile();
    }

    /** Closes its file, once it was taken. */
    synchronized void close() throws IOException {
        closeFile();
    }

    private void closeFile() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private void require(State required) {
        State now = state;
        if (now != required) {
            throw new IllegalStateException("this upload is " + now + ", not " + required);
        }
    }
}
