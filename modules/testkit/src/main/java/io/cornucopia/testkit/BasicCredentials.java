package io.cornucopia.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a client puts into the header {@code Authorization} of a user and a password. */
public final class BasicCredentials {

    private BasicCredentials() {}

    public static String of(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
}
