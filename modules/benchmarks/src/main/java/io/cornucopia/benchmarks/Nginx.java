package io.cornucopia.benchmarks;

import io.cornucopia.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx, set up as well as it can be for files that do not change, with an access log as ours has one. */
final class Nginx {
    private static final String JSON = "application/vnd.pypi.simple.v1+json";

    /** How fast the slow way to upstream's files is: a line of 1 Gbit/s. */
    static final int SLOW_BYTES_A_SECOND = 125_000_000;

    private static final int OUTPUT_BUFFER = 32 * 1024;

    private final Path program;

    Nginx(Path program) {
        this.program = program;
    }

    /**
     * Starts one that serves pages and packages below {@code root}.
     *
     * @param pages paths of pages that get a location of their own, which is found without a look at the disk
     */
    Server site(Path directory, Path root, List<String> pages) {
        StringBuilder locations = new StringBuilder();
        for (String page : pages) {
            locations.append("    location = ").append(page).append(" {\n");
            locations.append("      rewrite ^ ").append(page).append("index.json break;\n");
            locations
                    .append("      gzip_static on;\n      default_type ")
                    .append(JSON)
                    .append(";\n");
            if (isSmall(root.resolve(page.substring(1) + "index.json.gz"))) {
                locations.append("      sendfile off;\n");
            }
            locations.append("    }\n");
        }
        locations.append("    location /simple/ {\n      index index.json;\n      gzip_static on;\n");
        locations.append("      default_type ").append(JSON).append(";\n    }\n");
        locations.append("    location /packages/ {\n      default_type application/octet-stream;\n    }\n");
        locations.append("    location = /status {\n      stub_status;\n    }\n");
        String caching = "  open_file_cache max=100000 inactive=12h;\n  open_file_cache_valid 12h;\n"
                + "  open_file_cache_min_uses 1;\n  open_file_cache_errors on;\n"
                + "  access_log " + directory.resolve("access.log") + " combined buffer=64k flush=1s;\n";
        return start("nginx", directory, root, caching, locations.toString(), "/status");
    }

    /** Starts one that plays upstream. It finds files that are made later. */
    Server upstream(Path directory, Path root) {
        String locations = "    location / {\n      index index.json;\n      default_type " + JSON + ";\n    }\n"
                + "    location /packages/ {\n      default_type application/octet-stream;\n    }\n"
                + "    location /slow/ {\n      alias " + root + "/packages/;\n      limit_rate " + SLOW_BYTES_A_SECOND
                + ";\n      default_type application/octet-stream;\n    }\n"
                + "    location = /status {\n      stub_status;\n    }\n";
        return start("upstream", directory, root, "  access_log off;\n", locations, "/status");
    }

    /** Whether it fits into one of nginx's buffers: to read and write it then takes a fifth less CPU than sendfile. */
    private static boolean isSmall(Path file) {
        try {
            return Files.size(file) <= OUTPUT_BUFFER;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Server start(String name, Path directory, Path root, String http, String locations, String ready) {
        int port = FreePorts.take();
        String configuration = (Commands.isRoot() ? "user root;\n" : "")
                + "daemon off;\n"
                + "worker_processes " + Runtime.getRuntime().availableProcessors() + ";\n"
                + "worker_cpu_affinity auto;\n"
                + "worker_rlimit_nofile 16384;\n"
                + "pcre_jit on;\n"
                + "pid " + directory.resolve("nginx.pid") + ";\n"
                + "error_log " + directory.resolve("error.log") + " warn;\n"
                + "events {\n  use epoll;\n  worker_connections 8192;\n}\n"
                + "http {\n"
                + "  types {}\n"
                + "  server_tokens off;\n"
                + "  etag on;\n"
                + "  gzip off;\n"
                + "  gzip_vary on;\n"
                + "  sendfile on;\n"
                + "  tcp_nopush on;\n"
                + "  tcp_nodelay on;\n"
                + "  keepalive_timeout 1h;\n"
                + "  keepalive_requests 1000000000;\n"
                + http
                + temporary(directory)
                + "  server {\n"
                + "    listen 127.0.0.1:" + port + " reuseport backlog=4096;\n"
                + "    root " + root + ";\n"
                + locations
                + "  }\n}\n";
        Path file = directory.resolve("nginx.conf");
        try {
            Files.createDirectories(directory);
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Server.launch(
                        name,
                        port,
                        directory,
                        Map.of(),
                        List.of(
                                program.toString(),
                                "-p",
                                directory.toString(),
                                "-c",
                                file.toString(),
                                "-e",
                                directory.resolve("start.log").toString()))
                .ready(ready);
    }

    private static String temporary(Path directory) {
        StringBuilder lines = new StringBuilder();
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            lines.append("  ")
                    .append(kind)
                    .append("_temp_path ")
                    .append(directory.resolve("tmp-" + kind))
                    .append(";\n");
        }
        return lines.toString();
    }
}
