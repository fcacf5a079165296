package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConditionsTest {

    @Test
    void whatDoesNotComeTrueIsNamed() {
        assertThatThrownBy(() -> Conditions.await("rain", Duration.ofMillis(20), () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessage("not within 20 ms: rain");
    }

    @Test
    void whatComesTrueIsWaitedFor() {
        AtomicInteger asked = new AtomicInteger();
        Conditions.await("the third time", Duration.ofSeconds(10), () -> asked.incrementAndGet() == 3);
    }
}
