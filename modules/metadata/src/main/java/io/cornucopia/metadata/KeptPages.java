package io.cornucopia.metadata;

import io.cornucopia.bus.Failure;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.PeerPageAnswer;
import io.cornucopia.bus.PeerPageQuery;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/**
 * Hands out pages to other nodes as they lie on this node's disk. By threads of its own: behind all that a burst of cold pages
 * has to do here, an answer would come so late that the other node takes this one for frozen.
 */
final class KeptPages {
    private static final int THREADS = 2;

    private final WorkerExecutor readers;
    private final PageStore store;

    KeptPages(Vertx vertx, PageStore store) {
        this.readers = vertx.createSharedWorkerExecutor("kept-pages", THREADS);
        this.store = store;
    }

    void close() {
        readers.close();
    }

    /** Answers a question from the bus. */
    Future<PeerPageAnswer> answer(PeerPageQuery query) {
        return readers.executeBlocking(() -> store.open(query.project()), false)
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(new FailureException(
                                new Failure.NotFound("no page of " + query.project() + " is kept here")))));
    }
}
