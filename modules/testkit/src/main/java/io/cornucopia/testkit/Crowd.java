package io.cornucopia.testkit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;

/**
 * Many clients at once, each on a connection of its own, and all of them on two threads. A thread for each would take the
 * processors away from the program that is being watched, which would then look blocked while it only waits its turn.
 */
public final class Crowd implements AutoCloseable {
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();

    /** Sends a GET to each of these addresses at once. May be called from any thread. */
    public List<CompletableFuture<Answer>> get(List<URI> addresses) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (URI address : addresses) {
            HttpRequest request = HttpRequest.newBuilder(address).build();
            answers.add(client.sendAsync(request, head -> new Hashing(head.statusCode()))
                    .thenApply(HttpResponse::body));
        }
        return answers;
    }

    /**
     * Posts each of these forms to one address at once, with the token as the password of {@code __token__}. May be called from
     * any thread. An upload that got no answer is a failed future.
     */
    public List<CompletableFuture<Reply>> post(URI address, String token, List<UploadForm> forms) {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (UploadForm form : forms) {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .header("Authorization", BasicCredentials.of("__token__", token))
                    .header("Content-Type", form.contentType())
                    .POST(HttpRequest.BodyPublishers.ofByteArray(form.body().bytes()))
                    .build();
            replies.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                    .thenApply(response -> new Reply(response.statusCode(), response.body())));
        }
        return replies;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /**
     * What one client got; a body that breaks off is a failed future instead.
     *
     * @param length how many bytes of body arrived
     * @param sha256 their digest
     */
    public record Answer(int status, long length, String sha256) {}

    /** What was said of a form. */
    public record Reply(int status, String text) {}

    /** Hashes a body as it comes and keeps none of it. */
    private static final class Hashing implements HttpResponse.BodySubscriber<Answer> {
        private final int status;
        private final MessageDigest sha256 = Sha256.digest();
        private final CompletableFuture<Answer> body = new CompletableFuture<>();
        private long length;

        Hashing(int status) {
            this.status = status;
        }

        @Override
        public CompletionStage<Answer> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                length += piece.remaining();
                sha256.update(piece);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(new Answer(status, length, HexFormat.of().formatHex(sha256.digest())));
        }
    }
}
