package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What comes of assignments on the command line. */
final class Given {
    /** As it is set in {@link #cluster}. */
    static final String SECRET = "cluster.secret=a secret that nobody else knows";

    private static final String[] CLUSTER = {
        "cluster.enabled=true", SECRET, "cluster.host=10.0.0.1", "cluster.members=10.0.0.1:5701,node-2:5701"
    };

    private Given() {}

    static Settings set(String... assignments) throws SettingsException {
        return Settings.of(Optional.empty(), Map.of(), List.of(assignments));
    }

    /** What is said of assignments that cannot be used. */
    static List<String> problems(String... assignments) {
        return catchThrowableOfType(SettingsException.class, () -> set(assignments))
                .problems();
    }

    /** The assignments of a node that is not alone, and more. */
    static String[] cluster(String... more) {
        return Stream.concat(Stream.of(CLUSTER), Stream.of(more)).toArray(String[]::new);
    }

    static void assertProblem(List<String> problems, String... contained) {
        assertThat(problems).singleElement().asString().contains(contained);
    }
}
