package io.cornucopia.benchmarks;

import io.cornucopia.testkit.ClientTools;
import io.cornucopia.testkit.FreePorts;
import io.cornucopia.testkit.HttpProbe;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page of 15 kB again, from the Python programs that people use for this, each as its own documentation sets it up. */
record Peers(String name, String title, double atLeast) implements Scenario {
    private static final int CONNECTIONS = 64;
    private static final String REQUIREMENTS =
            "devpi-server==6.20.3\npypiserver[cache]==2.4.2\nproxpi==1.3.1\ngunicorn==27.0.1\n";

    @Override
    public Outcome run(Stage stage) {
        Tree.Item page = stage.tree().smallPage();
        Server ours = stage.ours();
        List<String> remarks = new ArrayList<>();
        List<Peer> subjects = new ArrayList<>();
        subjects.add(new Peer(ours, page.path()));
        subjects.add(new Peer(stage.nginx(ours, List.of(page)), page.path()));
        ClientTools tools = UvInstall.tools(stage.options().work(), "peers", REQUIREMENTS);
        List<Starter> starters = List.of(
                () -> devpi(stage, tools, page), () -> pypiserver(stage, tools), () -> proxpi(stage, tools, page));
        for (Starter starter : starters) {
            try {
                subjects.add(starter.start());
            } catch (RuntimeException e) {
                remarks.add("left out, since it did not start: " + e.getMessage());
            }
        }
        List<Stage.Turn> turns = new ArrayList<>();
        for (Peer peer : subjects) {
            // They are given the choice, and what they choose is what is measured.
            Load load = Load.of(
                    peer.path(),
                    CONNECTIONS,
                    "Accept: application/vnd.pypi.simple.v1+json, text/html;q=0.5",
                    Load.GZIP);
            HttpProbe.Response answer = peer.server()
                    .probe()
                    .header("Accept", "application/vnd.pypi.simple.v1+json, text/html;q=0.5")
                    .header("Accept-Encoding", "gzip")
                    .get(peer.path());
            if (answer.status() != 200) {
                throw new IllegalStateException(
                        peer.server().name() + " answers " + peer.path() + " with " + answer.status());
            }
            remarks.add(peer.server().name() + " sends " + answer.body().length + " bytes of "
                    + answer.header("Content-Type").orElse("no type") + ", coding "
                    + answer.header("Content-Encoding").orElse("none"));
            stage.warmUp(peer.server(), load);
            turns.add(new Stage.Turn(peer.server().name(), round -> stage.measure(peer.server(), load)));
        }
        List<Series> series = new ArrayList<>(stage.inTurns(turns));
        Series nginx = series.remove(1);
        remarks.add("nginx in the same rounds: " + Figures.of(nginx.spread().median()) + " requests/s ("
                + Figures.of(nginx.spread().least()) + " to "
                + Figures.of(nginx.spread().most()) + ")");
        return Outcome.rate(name, title, atLeast, series, remarks);
    }

    private record Peer(Server server, String path) {}

    private interface Starter {
        Peer start();
    }

    private static Peer devpi(Stage stage, ClientTools tools, Tree.Item page) {
        Path directory = stage.directory().resolve("devpi");
        Path data = directory.resolve("data");
        create(directory);
        stage.tree().listOfOne(page);
        Commands.run(
                Duration.ofMinutes(1),
                tools.venv().resolve("bin/devpi-init").toString(),
                "--serverdir",
                data.toString());
        int port = FreePorts.take();
        Server server = stage.keep(Server.launch(
                        "devpi-server",
                        port,
                        directory,
                        Map.of(),
                        List.of(
                                tools.venv().resolve("bin/devpi-server").toString(),
                                "--serverdir",
                                data.toString(),
                                "--host",
                                "127.0.0.1",
                                "--port",
                                Integer.toString(port)))
                .ready("/+api"));
        pointAtUpstream(server, stage.upstream());
        return new Peer(server, "/root/pypi/+simple" + page.path().substring("/simple".length()));
    }

    private static void pointAtUpstream(Server devpi, Server upstream) {
        JsonObject login = exchange(
                devpi,
                "POST",
                "/+login",
                new JsonObject().put("user", "root").put("password", "").encode(),
                Optional.empty());
        String token = login.getJsonObject("result").getString("password");
        String credentials = Base64.getEncoder().encodeToString(("root:" + token).getBytes(StandardCharsets.UTF_8));
        exchange(
                devpi,
                "PATCH",
                "/root/pypi",
                new JsonArray().add("mirror_url=" + upstream.url() + "/simple/").encode(),
                Optional.of(credentials));
    }

    private static JsonObject exchange(
            Server server, String method, String path, String body, Optional<String> credentials) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        credentials.ifPresent(each -> request.header("X-Devpi-Auth", each));
        try {
            HttpResponse<String> response = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(server.name() + " answers " + method + ' ' + path + " with "
                        + response.statusCode() + ": " + response.body());
            }
            return new JsonObject(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** It serves files of a directory: as many as the page lists, by the same names, with next to nothing in them. */
    private static Peer pypiserver(Stage stage, ClientTools tools) {
        Path directory = stage.directory().resolve("pypiserver");
        Path packages = create(directory.resolve("packages"));
        try {
            for (String filename : stage.tree().smallPageFilenames()) {
                Files.writeString(packages.resolve(filename), filename);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String app = "pypiserver:app(roots=['" + packages + "'], backend_arg='cached-dir', disable_fallback=True)";
        Server server = gunicorn(stage, tools, "pypiserver", Map.of(), app);
        return new Peer(stage.keep(server.ready("/")), "/simple/bench-small/");
    }

    private static Peer proxpi(Stage stage, ClientTools tools, Tree.Item page) {
        Map<String, String> environment =
                Map.of("PROXPI_INDEX_URL", stage.upstream().url() + "/simple/");
        Server server = gunicorn(stage, tools, "proxpi", environment, "proxpi.server:app");
        return new Peer(
                stage.keep(server.ready("/health")), "/index" + page.path().substring("/simple".length()));
    }

    /** As many workers as there are cores; with threads, since gunicorn keeps no connections open without. */
    private static Server gunicorn(
            Stage stage, ClientTools tools, String name, Map<String, String> environment, String app) {
        int port = FreePorts.take();
        return Server.launch(
                name,
                port,
                stage.directory().resolve(name),
                environment,
                List.of(
                        tools.venv().resolve("bin/gunicorn").toString(),
                        "--workers",
                        Integer.toString(Runtime.getRuntime().availableProcessors()),
                        "--threads",
                        "4",
                        "--access-logfile",
                        "-",
                        "--bind",
                        "127.0.0.1:" + port,
                        app));
    }

    private static Path create(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
