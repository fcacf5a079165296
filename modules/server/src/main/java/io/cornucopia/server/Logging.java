package io.cornucopia.server;

import io.cornucopia.http.AccessLog;
import java.util.Locale;

/** Sets logging up. What is logged goes to stderr; stdout is for the access log. */
final class Logging {
    /** How important a message is. */
    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    private Logging() {}

    /** Must be called before anything that logs is loaded: logging is read from these properties once. */
    static void configure(AccessLog.Format format, Level level) {
        System.setProperty(
                "logback.configurationFile", "logback-" + format.name().toLowerCase(Locale.ROOT) + ".xml");
        System.setProperty("cornucopia.log.level", level.name());
        System.setProperty("vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
    }
}
