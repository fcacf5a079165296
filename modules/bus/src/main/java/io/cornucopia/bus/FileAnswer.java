package io.cornucopia.bus;

import io.cornucopia.core.ProjectName;
import io.cornucopia.storage.FileFacts;
import io.cornucopia.storage.FileHandle;
import java.util.Objects;

/** A file that was asked for. */
public sealed interface FileAnswer {
    /** Whose file it is. */
    ProjectName project();

    /** Its bytes, here or arriving; whoever gets this closes the handle. */
    record Bytes(ProjectName project, FileHandle handle) implements FileAnswer {
        public Bytes {
            Objects.requireNonNull(project, "project");
            Objects.requireNonNull(handle, "handle");
        }
    }

    /** What is known of it, the size at least; only for {@link FileQuery.Purpose#HEAD}. */
    record Known(ProjectName project, FileFacts facts) implements FileAnswer {
        public Known {
            Objects.requireNonNull(project, "project");
            Objects.requireNonNull(facts, "facts");
        }
    }
}
