package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cornucopia.access.Token;
import io.cornucopia.access.TokenList;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class TokenFileWatchTest {
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(TokenFileWatch.class);
    private final TokenList tokens = new TokenList(List.of(), List.of());

    @TempDir
    Path directory;

    private Path file;
    private TokenFileWatch watch;

    @BeforeEach
    void watch() throws IOException {
        file = write("one");
        watch = new TokenFileWatch(new TokenFile(file, List.of()), tokens);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    private Path write(String... names) throws IOException {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            yaml.append(names[i])
                    .append(":\n  read: '*'\n  hash: sha256:")
                    .append(("" + i).repeat(64))
                    .append('\n');
        }
        return Files.writeString(directory.resolve("tokens.yaml"), yaml);
    }

    private List<String> names() {
        return tokens.get().stream()
                .map(Token::principal)
                .map(principal -> principal.name())
                .toList();
    }

    private List<String> warnings() {
        return logged.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    @DisplayName("tokens come and go as the file changes, also if its size and its time stay what they were")
    void changes() throws IOException {
        assertThat(watch.look()).isTrue();
        assertThat(names()).containsExactly("one");
        assertThat(watch.look()).as("it says the same").isFalse();
        var time = Files.getLastModifiedTime(file);
        write("two");
        Files.setLastModifiedTime(file, time);
        assertThat(watch.look()).isTrue();
        assertThat(names()).containsExactly("two");
        write("one", "two");
        watch.look();
        assertThat(names()).containsExactly("one", "two");
        Files.writeString(file, "");
        watch.look();
        assertThat(names()).isEmpty();
        assertThat(warnings()).isEmpty();
    }

    @Test
    @DisplayName("a file that cannot be used keeps the tokens that were, and is told once")
    void broken() throws IOException {
        watch.look();
        Files.writeString(file, "one:\n  read: '*'\n");
        watch.look();
        watch.look();
        assertThat(names()).containsExactly("one");
        assertThat(warnings())
                .containsExactly(
                        file + ": one: has no hash; \"token create one\" makes a token and prints its hash; the"
                                + " tokens that were read before stay good");
        Files.delete(file);
        watch.look();
        watch.look();
        assertThat(names()).containsExactly("one");
        assertThat(warnings()).hasSize(2).last().asString().contains("there is no such file");
        write("two");
        watch.look();
        assertThat(names()).containsExactly("two");
    }

    @Test
    @DisplayName("it is looked at again and again")
    void periodic() throws IOException {
        Vertx vertx = Vertx.vertx();
        try {
            watch.start(vertx, Duration.ofMillis(10));
            await().until(() -> names().equals(List.of("one")));
            write("two");
            await().until(() -> names().equals(List.of("two")));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
