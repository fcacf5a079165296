package io.cornucopia.server;

import io.cornucopia.access.Token;
import io.cornucopia.access.TokenList;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a list of tokens up to what the file of tokens says. A file that cannot be used changes nothing: the tokens that were
 * read before stay good, and the log says why, once.
 */
final class TokenFileWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TokenFileWatch.class);

    private final TokenFile file;
    private final TokenList tokens;

    /** What it said when it was last looked at, or why it could not be read; null before that. One look at a time. */
    private volatile String seen;

    TokenFileWatch(TokenFile file, TokenList tokens) {
        this.file = Objects.requireNonNull(file, "file");
        this.tokens = Objects.requireNonNull(tokens, "tokens");
    }

    /** Looks at the file that often, in a worker, for as long as {@code vertx} lives. */
    void start(Vertx vertx, Duration interval) {
        AtomicBoolean looking = new AtomicBoolean();
        vertx.setPeriodic(interval.toMillis(), timer -> {
            if (looking.compareAndSet(false, true)) {
                vertx.executeBlocking(this::look, false).onComplete(looked -> looking.set(false));
            }
        });
    }

    /**
     * Looks at it now; blocks. It is read whole each time: it is short, and neither times nor sizes tell every change.
     *
     * @return whether it changed
     */
    boolean look() {
        Optional<SettingsException> unreadable = Optional.empty();
        String text;
        try {
            text = file.text();
        } catch (SettingsException e) {
            unreadable = Optional.of(e);
            text = e.getMessage();
        }
        if (text.equals(seen)) {
            return false;
        }
        // The first look finds what was read, and told of, at start.
        boolean first = seen == null;
        seen = text;
        try {
            if (unreadable.isPresent()) {
                throw unreadable.get();
            }
            List<Token> read = file.parse(text);
            tokens.replace(read);
            if (!first) {
                LOG.info("{} changed: {} tokens", file, read.size());
                TokenKeys.warnings(read, Instant.now()).forEach(LOG::warn);
            }
        } catch (SettingsException e) {
            LOG.warn("{}; the tokens that were read before stay good", String.join("; ", e.problems()));
        }
        return true;
    }
}
