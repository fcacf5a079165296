package io.cornucopia.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Listens at a host and a port, and closes what connects. */
public final class Listener {
    private Listener() {}

    /** Does so until it is killed. */
    public static void main(String[] args) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(args[1]), 50, InetAddress.getByName(args[0]))) {
            while (true) {
                server.accept().close();
            }
        }
    }
}
