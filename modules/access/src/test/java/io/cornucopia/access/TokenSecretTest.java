package io.cornucopia.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenSecretTest {
    @Test
    @DisplayName("a new secret has 256 random bits, a prefix that scanners know, and does not print itself")
    void created() {
        SecureRandom random = new SecureRandom();
        TokenSecret secret = TokenSecret.create(random);
        assertThat(secret.text()).matches("cornucopia_[A-Za-z0-9_-]{43}");
        assertThat(TokenSecret.create(random)).isNotEqualTo(secret);
        assertThat(secret.toString()).doesNotContain(secret.text().substring(11));
    }

    @Test
    @DisplayName("its hash is what sha256sum says")
    void hash() {
        assertThat(new TokenSecret("abc").hash().hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
