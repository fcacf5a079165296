package io.cornucopia.intake;

import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.Version;

/** The {@code {name}-{version}} that a directory within an archive is called, in any spelling. */
final class DistributionStem {
    private DistributionStem() {}

    /** Whether it names that project and that version. */
    static boolean names(String stem, DistributionFilename file) {
        for (int dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
            boolean same = ProjectName.parse(stem.substring(0, dash))
                            .filter(file.project()::equals)
                            .isPresent()
                    && Version.parse(stem.substring(dash + 1))
                            .filter(file.version()::equals)
                            .isPresent();
            if (same) {
                return true;
            }
        }
        return false;
    }
}
