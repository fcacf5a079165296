package io.cornucopia.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentTest {

    @Test
    void randomBytesAreTheSameFromWhereverTheyAreRead() {
        byte[] whole = Content.random(7, 1000).bytes();
        for (int from : new int[] {0, 1, 7, 8, 9, 500, 993}) {
            assertThat(Content.random(7, 5000).slice(from, 7).getBytes())
                    .isEqualTo(Arrays.copyOfRange(whole, from, from + 7));
        }
        assertThat(Content.random(8, 1000).bytes()).isNotEqualTo(whole);
    }

    @Test
    void aTurnedByteIsTheOnlyDifference() {
        Content plain = Content.random(1, 100);
        Content turned = plain.flipped(92);
        assertThat(Arrays.mismatch(plain.bytes(), turned.bytes())).isEqualTo(92);
        assertThat(turned.slice(93, 7)).isEqualTo(plain.slice(93, 7));
        assertThat(turned.sha256()).isNotEqualTo(plain.sha256());
    }

    @Test
    void joinedPartsReadAsOne() {
        Content joined = Content.concat(List.of(Content.ofText("abc"), Content.ofText(""), Content.ofText("defg")));
        assertThat(joined.slice(2, 3)).hasToString("cde");
        assertThat(joined.part(1, 5).slice(1, 3)).hasToString("cde");
    }

    @Test
    void extraProjectsAreNumberedThrough() {
        String json = ExtraProjects.between("[", "", "{\"n\":\"%s\"}", ",", "]", 12_345)
                .slice(0, 12_345 * 22 + 1)
                .toString();
        assertThat(new JsonObject("{\"all\":" + json + "}").getJsonArray("all"))
                .hasSize(12_345)
                .contains(new JsonObject().put("n", "extra-0012344"));
    }
}
