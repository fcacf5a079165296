package io.cornucopia.server;

import java.io.PrintWriter;

/** What is printed once the server is ready. */
final class Banner {
    private Banner() {}

    static void print(Settings settings, int port, PrintWriter out) {
        String host = settings.get(Keys.HOST);
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String reachable = "http://" + (everywhere ? "localhost" : host.contains(":") ? "[" + host + "]" : host) + ":"
                + port + settings.get(Keys.BASE_PATH);
        out.println("Cornucopia " + Cornucopia.Version.number());
        out.println("  listening on  " + host + ":" + port);
        out.println("  upstream      " + settings.get(Keys.UPSTREAM_URL)
                + (settings.get(Keys.OFFLINE) ? " (offline: never asked)" : ""));
        out.println("  cache         " + settings.cacheDirectory());
        out.println("  use it with   pip install --index-url " + reachable + "/simple/ PACKAGE");
        out.flush();
    }
}
