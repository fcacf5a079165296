package io.cornucopia.access;

import java.time.Duration;
import java.util.Objects;

/** Whether a request's credentials are good. */
public sealed interface Admission {
    /** They are. */
    record Admitted(Principal principal) implements Admission {
        public Admitted {
            Objects.requireNonNull(principal, "principal");
        }
    }

    /** There are none, which is no failed attempt: clients with a netrc ask without first. */
    record Missing() implements Admission {}

    /**
     * They are wrong or have expired, which was logged.
     *
     * @param delay how long the answer has to wait, because many attempts from that address failed lately; often zero
     */
    record Refused(Duration delay) implements Admission {
        public Refused {
            Objects.requireNonNull(delay, "delay");
        }
    }
}
