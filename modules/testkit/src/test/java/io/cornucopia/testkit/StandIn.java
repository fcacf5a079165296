package io.cornucopia.testkit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Plays the program: takes its port from {@code --set}, is ready at once, or fails when told to. */
public final class StandIn {

    private StandIn() {}

    /** Serves until it is killed. */
    public static void main(String[] args) throws IOException {
        System.err.println("Thread[worker] has been blocked for 3000 ms");
        System.out.println(String.join(" ", args));
        int port = 0;
        for (String arg : args) {
            if (arg.startsWith("server.port=")) {
                port = Integer.parseInt(arg.substring("server.port=".length()));
            }
            if (arg.equals("fail=yes")) {
                System.exit(3);
            }
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }
}
