package io.cornucopia.bus;

import io.cornucopia.access.Principal;
import java.util.Objects;

/**
 * Who does something, for permissions and for the audit log.
 *
 * @param principal the token that the request came with
 * @param address the client's address
 */
public record Actor(Principal principal, String address) {
    public Actor {
        Objects.requireNonNull(principal, "principal");
        Objects.requireNonNull(address, "address");
    }
}
