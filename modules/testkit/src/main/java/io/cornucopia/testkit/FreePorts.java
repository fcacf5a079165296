package io.cornucopia.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of this machine on which nobody listens, for programs that have to be told theirs before they start, and find them free
 * again when they start another time: below those that systems give to connections that go out.
 */
public final class FreePorts {
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 32_000;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    /** As many different ones, none of which was given to anybody in this JVM before. */
    public static List<Integer> take(int count) {
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(take());
        }
        return List.copyOf(taken);
    }

    /** One of them. */
    public static int take() {
        synchronized (GIVEN) {
            while (true) {
                int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
                if (!GIVEN.contains(port) && isFree(port)) {
                    GIVEN.add(port);
                    return port;
                }
            }
        }
    }

    private static boolean isFree(int port) {
        // On every address at once, since nodes may listen on any of those of loopback.
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
