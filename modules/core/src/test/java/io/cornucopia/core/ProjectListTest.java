package io.cornucopia.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LowerChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ProjectListTest {
    @Test
    void empty() {
        ProjectList empty = ProjectList.builder().build();
        assertThat(empty.size()).isZero();
        assertThat(empty.contains(Samples.DEMO)).isFalse();
        assertThat(empty.merge(empty).size()).isZero();
        assertThat(empty.merge(of("demo")).contains(Samples.DEMO)).isTrue();
    }

    @Test
    void of_duplicates_the_highest_serial_is_kept() {
        ProjectList list = ProjectList.builder()
                .add(Samples.name("b"), OptionalLong.of(3))
                .add(Samples.name("a"), OptionalLong.empty())
                .add(Samples.name("B"), OptionalLong.of(7))
                .add(Samples.name("b"), OptionalLong.empty())
                .build();
        assertThat(entries(list)).containsExactly("a OptionalLong.empty", "b OptionalLong[7]");
        ProjectList other = ProjectList.builder()
                .add(Samples.name("b"), OptionalLong.of(5))
                .add(Samples.name("c"), OptionalLong.of(0))
                .build();
        assertThat(entries(list.merge(other)))
                .containsExactly("a OptionalLong.empty", "b OptionalLong[7]", "c OptionalLong[0]")
                .isEqualTo(entries(other.merge(list)));
    }

    @Property(tries = 300)
    void is_a_sorted_set(
            @ForAll @Size(max = 300) List<@AlphaChars @LowerChars @StringLength(min = 1, max = 3) String> names,
            @ForAll @Size(max = 30) List<@AlphaChars @StringLength(min = 1, max = 2) String> others) {
        Map<String, OptionalLong> expected = new TreeMap<>();
        ProjectList mine = collect(names, expected);
        ProjectList merged = mine.merge(collect(others, expected));
        List<String> found = new ArrayList<>();
        merged.forEach((name, serial) -> {
            found.add(name);
            assertThat(serial).isEqualTo(expected.get(name));
        });
        assertThat(found).containsExactlyElementsOf(expected.keySet());
        assertThat(merged.size()).isEqualTo(expected.size());
        expected.keySet()
                .forEach(name -> assertThat(merged.contains(Samples.name(name))).isTrue());
        assertThat(merged.contains(Samples.name("0"))).isFalse();
        assertThat(merged.contains(Samples.name("zzzz"))).isFalse();
    }

    private static ProjectList collect(List<String> names, Map<String, OptionalLong> into) {
        ProjectList.Builder builder = ProjectList.builder();
        for (int i = 0; i < names.size(); i++) {
            ProjectName name = Samples.name(names.get(i));
            builder.add(name, OptionalLong.of(i));
            into.merge(
                    name.value(),
                    OptionalLong.of(i),
                    (a, b) -> OptionalLong.of(Math.max(a.getAsLong(), b.getAsLong())));
        }
        return builder.build();
    }

    private static ProjectList of(String name) {
        return ProjectList.builder()
                .add(Samples.name(name), OptionalLong.empty())
                .build();
    }

    private static List<String> entries(ProjectList list) {
        List<String> entries = new ArrayList<>();
        list.forEach((name, serial) -> entries.add(name + " " + serial));
        return entries;
    }
}
