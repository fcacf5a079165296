package io.cornucopia.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What a distribution says about itself, as METADATA and as PKG-INFO. */
record CoreMetadata(String name, String version, List<String> requires, Optional<String> requiresPython) {

    byte[] bytes() {
        StringBuilder text = new StringBuilder("Metadata-Version: 2.1\n");
        text.append("Name: ").append(name).append('\n');
        text.append("Version: ").append(version).append('\n');
        text.append("Summary: A golden distribution\n");
        requiresPython.ifPresent(
                python -> text.append("Requires-Python: ").append(python).append('\n'));
        requires.forEach(requirement ->
                text.append("Requires-Dist: ").append(requirement).append('\n'));
        text.append("\nMade for a test.\n");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
