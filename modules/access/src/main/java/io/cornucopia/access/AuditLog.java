package io.cornucopia.access;

import java.time.Instant;
import java.util.Objects;

/** The record of what was done: who, what, when, from where, and what came of it; one JSON line an act. */
public interface AuditLog {
    /** Writes one act down. May be called from any thread; blocks while the line is written. Never fails: what cannot be written is logged. */
    void record(Act act);

    /**
     * One act.
     *
     * @param time when
     * @param principal the token's name
     * @param address the client's address
     * @param action what: {@code upload}, {@code yank}, {@code unyank}, {@code delete} or {@code status}
     * @param project to which project, as far as that is known
     * @param subject to which file or release of it, or which status; empty if there is none
     * @param outcome {@code done}, or the code of the failure
     * @param reason why it failed, for people; empty if it did not
     */
    record Act(
            Instant time,
            String principal,
            String address,
            String action,
            String project,
            String subject,
            String outcome,
            String reason) {
        public Act {
            Objects.requireNonNull(time, "time");
            Objects.requireNonNull(principal, "principal");
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(project, "project");
            Objects.requireNonNull(subject, "subject");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
