package io.cornucopia.bus;

import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.Yank;
import java.util.Objects;
import java.util.Optional;

/** Changes what was uploaded here. Durable, and visible in every answer that begins later, once it is answered. */
public sealed interface ManageQuery {
    /** Who does it. */
    Actor actor();

    /** To which project. */
    ProjectName project();

    /** Yanks a release or a file, or takes that back. */
    record SetYank(Actor actor, ProjectName project, Target target, Optional<Yank> yank) implements ManageQuery {
        public SetYank {
            Objects.requireNonNull(actor, "actor");
            Objects.requireNonNull(project, "project");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(yank, "yank");
        }
    }

    /** Deletes a release or a file; the filenames can never be used again. */
    record Delete(Actor actor, ProjectName project, Target target) implements ManageQuery {
        public Delete {
            Objects.requireNonNull(actor, "actor");
            Objects.requireNonNull(project, "project");
            Objects.requireNonNull(target, "target");
        }
    }

    /** Sets the project's status (PEP 792). */
    record SetStatus(Actor actor, ProjectName project, ProjectStatus status) implements ManageQuery {
        public SetStatus {
            Objects.requireNonNull(actor, "actor");
            Objects.requireNonNull(project, "project");
            Objects.requireNonNull(status, "status");
        }
    }

    /** What of a project. */
    sealed interface Target {
        /** All files of a release; the version is compared as PEP 440 has it. */
        record Release(String version) implements Target {
            public Release {
                Objects.requireNonNull(version, "version");
            }
        }

        /** One file. */
        record File(String filename) implements Target {
            public File {
                Objects.requireNonNull(filename, "filename");
            }
        }
    }
}
