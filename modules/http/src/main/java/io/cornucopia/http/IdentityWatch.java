package io.cornucopia.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether the certificate or its key was changed on disk, and has the server show the new one to
 * whoever connects from then on. As long as they do not fit one another, the old ones stay. Belongs to one event loop.
 */
final class IdentityWatch {
    static final long PERIOD_MILLIS = 3_000;

    private static final Logger LOG = LoggerFactory.getLogger(IdentityWatch.class);

    private final Vertx vertx;
    private final HttpSettings.Tls tls;
    private final HttpServer server;
    private Stamp seen;
    private boolean looking;

    /** What tells that a file may have changed; symbolic links are followed, as those of mounted secrets change. */
    private record Stamp(String certificate, String key) {
        static Stamp of(HttpSettings.Tls tls) {
            return new Stamp(of(tls.certificate()), of(tls.key()));
        }

        private static String of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
            } catch (IOException e) {
                return "unreadable";
            }
        }
    }

    private record Look(Stamp stamp, Optional<ServerIdentity> changed) {}

    private IdentityWatch(Vertx vertx, HttpSettings.Tls tls, HttpServer server) {
        this.vertx = vertx;
        this.tls = tls;
        this.server = server;
    }

    /** Watches from now on, until the verticle that calls is undeployed. */
    static void begin(Vertx vertx, HttpSettings.Tls tls, HttpServer server, long periodMillis) {
        IdentityWatch watch = new IdentityWatch(vertx, tls, server);
        vertx.setPeriodic(periodMillis, id -> watch.look());
    }

    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        Stamp before = seen;
        vertx.executeBlocking(() -> changed(before), false)
                .compose(look -> {
                    seen = look.stamp();
                    return look.changed().map(this::show).orElse(Future.succeededFuture());
                })
                .onComplete(done -> looking = false);
    }

    // The first look reads once more what the server began with: it may have changed since.
    private Look changed(Stamp before) {
        Stamp now = Stamp.of(tls);
        if (now.equals(before)) {
            return new Look(now, Optional.empty());
        }
        try {
            return new Look(now, Optional.of(ServerIdentity.read(tls)));
        } catch (IOException e) {
            LOG.error("the certificate stays the one it was: {}", e.getMessage());
            return new Look(now, Optional.empty());
        }
    }

    private Future<Void> show(ServerIdentity identity) {
        return server.updateSSLOptions(options(identity), true)
                .onFailure(thrown -> LOG.error("the certificate stays the one it was", thrown))
                .onSuccess(updated -> LOG.info(
                        "TLS with the certificate of {}, good until {}",
                        identity.certificate().getSubjectX500Principal(),
                        identity.certificate().getNotAfter().toInstant()))
                .mapEmpty();
    }

    static ServerSSLOptions options(ServerIdentity identity) {
        ServerSSLOptions options = new ServerSSLOptions();
        options.setKeyCertOptions(identity.options());
        options.setUseAlpn(true);
        return options;
    }
}
