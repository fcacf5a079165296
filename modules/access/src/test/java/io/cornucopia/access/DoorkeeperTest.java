package io.cornucopia.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cornucopia.core.ProjectPattern;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class DoorkeeperTest {
    private static final String CLIENT = "192.0.2.7";
    private static final String GOOD = "good:secrét";

    private final TestClock clock = new TestClock();
    private final Token token = token("ci", GOOD, Optional.empty());
    private final Token shortLived =
            token("guest", "guest-secret", Optional.of(clock.instant().plusSeconds(60)));
    private final TokenList tokens = new TokenList(List.of(token), List.of(shortLived));
    private final Doorkeeper doorkeeper = new Doorkeeper(tokens, clock);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Doorkeeper.class);

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    private static Token token(String name, String secret, Optional<Instant> expires) {
        Principal principal =
                new Principal(name, Map.of(Permission.UPLOAD, List.of(new ProjectPattern("*"))), Optional.empty());
        return new Token(new TokenSecret(secret).hash(), principal, expires);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Admission admit(String authorization) {
        return doorkeeper.admit(Optional.of(authorization), CLIENT);
    }

    private Duration delayOf(String address) {
        return ((Admission.Refused) doorkeeper.admit(Optional.of("Bearer wrong"), address)).delay();
    }

    @Test
    @DisplayName("G12 Basic with any user name, and Bearer; the password is the token, colons and all")
    void admitted() {
        Admission.Admitted admitted = new Admission.Admitted(token.principal());
        assertThat(admit(basic("__token__", GOOD))).isEqualTo(admitted);
        assertThat(admit(basic("", GOOD))).isEqualTo(admitted);
        assertThat(admit("Bearer " + GOOD)).isEqualTo(admitted);
        assertThat(admit("bearer  " + GOOD)).isEqualTo(admitted);
        assertThat(admit("BASIC" + basic("me", GOOD).substring(5))).isEqualTo(admitted);
        assertThat(logged.list).isEmpty();
    }

    @Test
    @DisplayName("G12 a request without credentials is no failed attempt, however often it comes")
    void missing() {
        for (int i = 0; i < 50; i++) {
            assertThat(doorkeeper.admit(Optional.empty(), CLIENT)).isEqualTo(new Admission.Missing());
        }
        assertThat(logged.list).isEmpty();
        assertThat(delayOf(CLIENT)).isZero();
    }

    @ParameterizedTest
    @DisplayName("G12 what is not credentials is refused")
    @ValueSource(
            strings = {
                "",
                " ",
                "Basic",
                "Basic ",
                "Basic ???",
                "Basic Zm9v",
                "Bearer",
                "Bearer ",
                "Digest x",
                "good:secrét",
                "Negotiate good:secrét",
                "Basic good:secrét"
            })
    void malformed(String authorization) {
        assertThat(admit(authorization)).isEqualTo(new Admission.Refused(Duration.ZERO));
        assertThat(logged.list).hasSize(1);
    }

    @Test
    @DisplayName("a failed attempt is logged with the client's address and never with the credential")
    void logged() {
        admit(basic("somebody", "nearly-right"));
        admit("Frobnicate nearly-right");
        assertThat(logged.list).hasSize(2).allSatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage())
                    .contains(CLIENT)
                    .doesNotContain("nearly")
                    .doesNotContain("somebody")
                    .doesNotContain("Frob");
        });
    }

    @Test
    @DisplayName("a token is good until it expires, and the log says that it did")
    void expiry() {
        assertThat(admit("Bearer guest-secret")).isInstanceOf(Admission.Admitted.class);
        clock.pass(Duration.ofSeconds(59));
        assertThat(admit("Bearer guest-secret")).isInstanceOf(Admission.Admitted.class);
        clock.pass(Duration.ofSeconds(1));
        assertThat(admit("Bearer guest-secret")).isInstanceOf(Admission.Refused.class);
        assertThat(logged.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains("guest", "expired")
                        .doesNotContain("guest-secret"));
    }

    @Test
    @DisplayName("tokens of the file come and go; those of the configuration stay")
    void replaced() {
        tokens.replace(List.of());
        assertThat(admit("Bearer guest-secret")).isInstanceOf(Admission.Refused.class);
        tokens.replace(List.of(token("new", "new-secret", Optional.empty())));
        assertThat(admit("Bearer new-secret")).isInstanceOf(Admission.Admitted.class);
        assertThat(admit("Bearer " + GOOD)).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    @DisplayName("after ten failed attempts in a minute further ones wait, longer each time, thirty seconds at most")
    void slowedDown() {
        for (int i = 0; i < 10; i++) {
            assertThat(delayOf(CLIENT)).isZero();
        }
        assertThat(delayOf(CLIENT)).isEqualTo(Duration.ofSeconds(6));
        assertThat(delayOf(CLIENT)).isEqualTo(Duration.ofSeconds(12));
        for (int i = 0; i < 1000; i++) {
            assertThat(delayOf(CLIENT)).isLessThanOrEqualTo(Duration.ofSeconds(30));
        }
        assertThat(delayOf(CLIENT)).isEqualTo(Duration.ofSeconds(30));
        assertThat(delayOf("192.0.2.8")).as("somebody else").isZero();
        assertThat(admit("Bearer " + GOOD)).as("good ones").isInstanceOf(Admission.Admitted.class);
    }

    @Test
    @DisplayName("whoever leaves off is forgiven, little by little")
    void forgiven() {
        for (int i = 0; i < 1000; i++) {
            delayOf(CLIENT);
        }
        clock.pass(Duration.ofSeconds(29));
        assertThat(delayOf(CLIENT)).isPositive();
        clock.pass(Duration.ofSeconds(12));
        assertThat(delayOf(CLIENT)).isZero();
        clock.pass(Duration.ofMinutes(2));
        for (int i = 0; i < 10; i++) {
            assertThat(delayOf(CLIENT)).isZero();
        }
        assertThat(delayOf(CLIENT)).isPositive();
    }

    @Test
    @DisplayName("addresses of one IPv6 network count as one; an IPv4 address in IPv6 clothes is that IPv4 address")
    void networks() {
        for (int i = 0; i < 10; i++) {
            assertThat(delayOf("2001:db8:1:2::" + i)).isZero();
            assertThat(delayOf("::ffff:192.0.2.7")).isZero();
            assertThat(delayOf("fe80::1%eth0")).isZero();
            assertThat(delayOf("not:an:address")).isZero();
        }
        assertThat(delayOf("2001:0db8:1:2:ffff::1")).isPositive();
        assertThat(delayOf("2001:db8:1:3::1")).isZero();
        assertThat(delayOf(CLIENT)).isPositive();
        assertThat(delayOf("fe80::2%eth0")).isPositive();
        assertThat(delayOf("not:an:address")).isPositive();
    }
}
