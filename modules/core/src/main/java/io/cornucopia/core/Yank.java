package io.cornucopia.core;

import java.util.Objects;

/**
 * That a file was yanked (PEP 592): installers pass it by unless it is pinned exactly.
 *
 * @param reason why, as its owner put it; empty if none was given
 */
public record Yank(String reason) {
    public Yank {
        Objects.requireNonNull(reason, "reason");
    }
}
