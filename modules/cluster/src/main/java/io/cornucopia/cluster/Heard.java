package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners, and waits until all have done what is to be done. */
final class Heard {
    private static final Logger LOG = LoggerFactory.getLogger(Heard.class);

    private Heard() {}

    /** Never fails: one listener that cannot do its part keeps nobody else from it. */
    static Future<Void> by(
            List<Announcements.Listener> listeners, Function<Announcements.Listener, Future<Void>> telling) {
        List<Future<Void>> told = listeners.stream()
                .map(listener -> {
                    try {
                        return telling.apply(listener);
                    } catch (RuntimeException e) {
                        return Future.<Void>failedFuture(e);
                    }
                })
                .map(future -> future.onFailure(why -> LOG.error("news of the cluster were not heeded", why)))
                .toList();
        return Future.join(told).transform(all -> Future.succeededFuture());
    }
}
