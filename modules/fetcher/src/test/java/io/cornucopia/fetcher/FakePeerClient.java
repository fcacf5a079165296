package io.cornucopia.fetcher;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.FileAnswer;
import io.cornucopia.bus.PeerFileQuery;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.cluster.PeerFailedException;
import io.cornucopia.core.Digest;
import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.Chunk;
import io.cornucopia.storage.GrowingFile;
import io.cornucopia.storage.StoredFile;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** Asks the fetchers of other nodes in this process, as HTTP would. */
final class FakePeerClient implements PeerClient {
    private static final int PIECE = 64 * 1024;

    private final FakeCluster cluster;
    private final FakeCluster.Node self;

    FakePeerClient(FakeCluster cluster, FakeCluster.Node self) {
        this.cluster = cluster;
        this.self = self;
    }

    @Override
    public Future<Optional<PeerAnswer>> file(Member member, ProjectName project, String name, long offset) {
        FakeCluster.Node other = cluster.node(member.id());
        other.link.questions.incrementAndGet();
        Context context = self.vertx.getOrCreateContext();
        Promise<Optional<PeerAnswer>> promise = Promise.promise();
        if (other.link.isDead()) {
            context.runOnContext(v -> promise.fail(new PeerFailedException(other.id + " refuses", false)));
        } else if (other.link.isFrozen()) {
            self.vertx.setTimer(
                    FakePeerBody.PATIENCE.toMillis(),
                    late -> promise.fail(new PeerFailedException(other.id + " is silent", true)));
        } else {
            other.vertx.runOnContext(v -> Addresses.PEER_FILE
                    .ask(other.vertx, new PeerFileQuery(project, name))
                    .compose(answer -> answer(other, context, answer, offset))
                    .map(Optional::of)
                    .otherwise(FakePeerClient::notThere)
                    .onComplete(done -> context.runOnContext(w -> {
                        if (done.succeeded()) {
                            promise.complete(done.result());
                        } else {
                            promise.fail(new PeerFailedException(other.id + ": " + done.cause(), false));
                        }
                    })));
        }
        return promise.future();
    }

    private static Optional<PeerAnswer> notThere(Throwable thrown) {
        if (FailureException.of(thrown) instanceof Failure.NotFound) {
            return Optional.empty();
        }
        throw new IllegalStateException(thrown);
    }

    private Future<PeerAnswer> answer(FakeCluster.Node other, Context context, FileAnswer.Bytes answer, long offset) {
        return answer.handle() instanceof StoredFile stored
                ? Future.succeededFuture(whole(other, context, stored, offset))
                : arriving(other, context, (GrowingFile) answer.handle(), offset);
    }

    private PeerAnswer whole(FakeCluster.Node other, Context context, StoredFile file, long offset) {
        FakePeerBody body = new FakePeerBody(context, other, self.id, () -> {});
        try (file) {
            for (long at = offset; at < file.size(); at += PIECE) {
                ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, file.size() - at));
                while (piece.hasRemaining() && file.channel().read(piece, at + piece.position()) >= 0) {
                    // Until all of it was read.
                }
                body.send(Buffer.buffer(piece.array()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        body.end();
        return new PeerAnswer(
                offset,
                OptionalLong.of(file.size()),
                file.sha256().map(Digest::hex),
                Optional.empty(),
                Optional.empty(),
                body);
    }

    private Future<PeerAnswer> arriving(FakeCluster.Node other, Context context, GrowingFile file, long offset) {
        return file.readableBeyond(file.facts().size().isPresent() ? offset : 0)
                .onFailure(thrown -> file.close())
                .map(readable -> {
                    long from = file.facts().size().isPresent() ? offset : 0;
                    FakePeerBody body = new FakePeerBody(context, other, self.id, file::close);
                    ReadStream<Chunk> tail = file.tail(other.vertx.getOrCreateContext(), from, Long.MAX_VALUE);
                    tail.exceptionHandler(thrown -> body.breakOff());
                    tail.endHandler(ended -> body.end());
                    tail.handler(chunk -> {
                        body.send(chunk.bytes().copy());
                        chunk.release();
                    });
                    return new PeerAnswer(
                            from,
                            file.facts().size(),
                            file.facts().sha256().map(Digest::hex),
                            Optional.empty(),
                            file.upstreamTag(),
                            body);
                });
    }

    @Override
    public Future<Optional<PeerAnswer>> page(Member member, ProjectName project) {
        return Future.failedFuture("no fetcher asks for pages");
    }
}
