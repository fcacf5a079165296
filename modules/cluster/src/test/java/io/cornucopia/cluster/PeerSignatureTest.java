package io.cornucopia.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.cluster.PeerSignature.Asker;
import io.cornucopia.cluster.PeerSignature.Signed;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PeerSignatureTest {
    private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    private final byte[] key = new ClusterSecret("name", "a secret of sixteen and more").key("peer http");
    private final PeerSignature asking = new PeerSignature(key, "one", clock::get);
    private final PeerSignature answering = new PeerSignature(key, "two", clock::get);

    @Test
    void whoKnowsTheSecretIsKnown() {
        Signed signed = asking.sign("GET", "/node/files/a.whl?x=1", "bytes=5-");
        Optional<Asker> asker = answering.verify("GET", "/node/files/a.whl?x=1", "bytes=5-", signed.header());
        assertThat(asker).map(Asker::member).contains("one");

        String answer = answering.answer(asker.orElseThrow(), 206, "bytes 5-9/10");
        assertThat(asking.isAnswer(signed, 206, "bytes 5-9/10", answer)).isTrue();
        assertThat(asking.isAnswer(signed, 200, "bytes 5-9/10", answer)).isFalse();
        assertThat(asking.isAnswer(signed, 206, "bytes 0-9/10", answer)).isFalse();
        assertThat(asking.isAnswer(asking.sign("GET", "/", ""), 206, "bytes 5-9/10", answer))
                .isFalse();
        assertThat(asking.isAnswer(signed, 206, "bytes 5-9/10", null)).isFalse();
    }

    @Test
    void anythingElseThanWhatWasSignedIsRefused() {
        String header = asking.sign("GET", "/a", "f").header();
        assertThat(answering.verify("HEAD", "/a", "f", header)).isEmpty();
        assertThat(answering.verify("GET", "/b", "f", header)).isEmpty();
        assertThat(answering.verify("GET", "/a", "g", header)).isEmpty();
        assertThat(answering.verify("GET", "/a", "f", header.replace("one", "two")))
                .isEmpty();
        assertThat(answering.verify("GET", "/a", "f", header + "0")).isEmpty();
        assertThat(answering.verify("GET", "/a", "f", "1 one x y z")).isEmpty();
        assertThat(answering.verify("GET", "/a", "f", "")).isEmpty();
        assertThat(answering.verify("GET", "/a", "f", null)).isEmpty();
        // None of that used it up.
        assertThat(answering.verify("GET", "/a", "f", header)).isPresent();
    }

    @Test
    void anotherSecretSignsInVain() {
        PeerSignature stranger = new PeerSignature(
                new ClusterSecret("name", "another secret, as long").key("peer http"), "one", clock::get);
        assertThat(answering.verify(
                        "GET", "/a", "", stranger.sign("GET", "/a", "").header()))
                .isEmpty();
        PeerSignature other = new PeerSignature(
                new ClusterSecret("other", "a secret of sixteen and more").key("peer http"), "one", clock::get);
        assertThat(answering.verify("GET", "/a", "", other.sign("GET", "/a", "").header()))
                .isEmpty();
    }

    @Test
    void aSignatureIsGoodOnceAndNotForLong() {
        String header = asking.sign("GET", "/a", "").header();
        assertThat(answering.verify("GET", "/a", "", header)).isPresent();
        for (int i = 0; i < 5; i++) {
            assertThat(answering.verify("GET", "/a", "", header)).isEmpty();
            clock.addAndGet(PeerSignature.TOLERANCE.toMillis() / 2);
        }
        String old = asking.sign("GET", "/a", "").header();
        clock.addAndGet(PeerSignature.TOLERANCE.toMillis() + 1);
        assertThat(answering.verify("GET", "/a", "", old)).isEmpty();
    }
}
