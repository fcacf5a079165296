package io.cornucopia.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cornucopia.access.Permission;
import io.cornucopia.access.Token;
import io.cornucopia.access.TokenSecret;
import io.cornucopia.core.ProjectName;
import io.cornucopia.testkit.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    private static final Map<String, String> TOKEN = Map.of("CORNUCOPIA_TOKEN", "t0ken");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Requests that came: method, path as it was sent, and body. */
    private final List<String> seen = new ArrayList<>();

    private final List<String> authorizations = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String answer = "{}";

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        seen.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        if (status / 100 == 3) {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/elsewhere");
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private int run(Map<String, String> environment, String... arguments) {
        return Cornucopia.run(environment, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private int call(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", url() + "/base/"));
        return run(TOKEN, all.toArray(String[]::new));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String found(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertThat(matcher.find()).as(regex).isTrue();
        return matcher.group(1);
    }

    @Test
    @DisplayName("token create prints a token, and lines that configure it, in the file and on the command line")
    void tokenCreate() throws Exception {
        Instant before = Instant.now();
        assertThat(run(
                        Map.of(),
                        "token",
                        "create",
                        "ci",
                        "--upload",
                        "acme-*,other",
                        "--read",
                        "*",
                        "--expires",
                        "90d"))
                .isZero();
        String printed = out.toString();
        TokenSecret secret = new TokenSecret(found("(cornucopia_[A-Za-z0-9_-]{43})\n", printed));
        assertThat(printed.split(Pattern.quote(secret.text()), -1)).as("once").hasSize(2);
        String yaml = found("(?s)(  access:\n.*?)\n\n", printed);
        Settings fromFile =
                Settings.of(Optional.of(Files.writeString(directory.resolve("c.yaml"), yaml)), Map.of(), List.of());
        List<String> set = Pattern.compile("--set '([^']*)'")
                .matcher(printed)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(Settings.of(Optional.empty(), Map.of(), set).tokens()).isEqualTo(fromFile.tokens());
        String ofTokenFile = yaml.lines().skip(2).reduce("", (a, b) -> a + b.substring(6) + "\n");
        assertThat(new TokenFile(Files.writeString(directory.resolve("t.yaml"), ofTokenFile), List.of()).read())
                .isEqualTo(fromFile.tokens());
        Token token = fromFile.tokens().get(0);
        assertThat(token.hash()).isEqualTo(secret.hash());
        ProjectName acme = ProjectName.parse("acme-x").orElseThrow();
        assertThat(token.principal().may(Permission.UPLOAD, acme)).isTrue();
        assertThat(token.principal().may(Permission.READ, acme)).isTrue();
        assertThat(token.principal().may(Permission.MANAGE)).isFalse();
        assertThat(Duration.between(before, token.expires().orElseThrow()))
                .isBetween(Duration.ofDays(90).minusSeconds(1), Duration.ofDays(91));
    }

    @Test
    @DisplayName("a token that could do nothing, or that would be no good, is a usage error")
    void tokenMistakes() {
        for (List<String> arguments : List.of(
                List.of("ci"),
                List.of("c i", "--read", "*"),
                List.of("ci", "--read", "*x"),
                List.of("ci", "--read", "*", "--expires", "soon"),
                List.of("ci", "--read", "*", "--expires", "2001-01-01"),
                List.of("ci", "--read", "*", "--expires", "90"))) {
            List<String> all = new ArrayList<>(List.of("token", "create"));
            all.addAll(arguments);
            assertThat(run(Map.of(), all.toArray(String[]::new)))
                    .as("%s", arguments)
                    .isEqualTo(2);
        }
        assertThat(run(Map.of(), "token")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    @DisplayName("yank, unyank and delete, of a release and of a file")
    void releases() {
        answer = "{\"project\":\"acme\",\"files\":[\"acme-1.whl\",\"acme-1.tar.gz\"]}";
        assertThat(call("yank", "acme", "1.0+local", "--reason", "says \"no\"")).isZero();
        assertThat(out.toString().lines()).containsExactly("yanked acme-1.whl", "yanked acme-1.tar.gz");
        assertThat(call("yank", "acme", "--file", "acme-1 ä.whl")).isZero();
        assertThat(call("unyank", "acme", "1.0")).isZero();
        assertThat(call("unyank", "acme", "--file", "acme-1.whl")).isZero();
        assertThat(call("delete", "acme", "1.0")).isZero();
        assertThat(call("delete", "../acme", "--file", "acme-1.whl")).isZero();
        assertThat(seen)
                .containsExactly(
                        "PUT /base/api/projects/acme/releases/1.0%2Blocal/yank {\"reason\":\"says \\\"no\\\"\"}",
                        "PUT /base/api/projects/acme/files/acme-1%20%C3%A4.whl/yank {}",
                        "DELETE /base/api/projects/acme/releases/1.0/yank",
                        "DELETE /base/api/projects/acme/files/acme-1.whl/yank",
                        "DELETE /base/api/projects/acme/releases/1.0",
                        "DELETE /base/api/projects/..%2Facme/files/acme-1.whl");
        assertThat(authorizations).allMatch("Bearer t0ken"::equals);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    @DisplayName("status sets a status")
    void status() {
        answer = "{\"project\":\"acme\",\"status\":\"archived\"}";
        assertThat(call("status", "Acme", "archived", "--reason", "moved")).isZero();
        assertThat(seen)
                .containsExactly("PUT /base/api/projects/Acme/status {\"status\":\"archived\",\"reason\":\"moved\"}");
        assertThat(out.toString().strip()).isEqualTo("acme is archived");
        assertThat(call("status", "acme", "gone")).isEqualTo(2);
        assertThat(seen).hasSize(1);
    }

    @Test
    @DisplayName("projects lists ours in columns, and which hide upstream's")
    void projects() {
        answer = """
                {"projects": [
                  {"name": "acme-tools", "origin": "private", "by-rule": true, "hides-upstream": false,
                   "status": "active", "files": 12},
                  {"name": "six", "origin": "private", "by-rule": false, "hides-upstream": true,
                   "status": "archived", "files": 1}]}""";
        assertThat(call("projects")).isZero();
        assertThat(seen).containsExactly("GET /base/api/projects");
        assertThat(out.toString().lines())
                .containsExactly(
                        "PROJECT     FILES  STATUS    ORIGIN             HIDES UPSTREAM",
                        "acme-tools  12     active    private (by rule)",
                        "six         1      archived  private            yes");
    }

    @Test
    @DisplayName("what the server refuses is told in its words, and the exit code is 1")
    void refused() throws IOException {
        status = 403;
        answer = "{\"message\":\"the token ci may not\\u001b[31m\",\"code\":\"403 x\",\"title\":\"Forbidden\"}";
        assertThat(call("delete", "acme", "1.0")).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("cornucopia: the token ci may not [31m");
        status = 502;
        answer = "<html>";
        assertThat(call("delete", "acme", "1.0")).isEqualTo(1);
        assertThat(err.toString()).contains("answered with status 502");
        status = 302;
        assertThat(call("delete", "acme", "1.0")).isEqualTo(1);
        assertThat(err.toString()).contains("redirects to http://127.0.0.1:1/elsewhere, which is not followed");
        status = 200;
        assertThat(call("delete", "acme", "1.0")).isEqualTo(1);
        assertThat(err.toString()).contains("something other than JSON");
        int unused = FreePorts.take();
        assertThat(run(TOKEN, "projects", "--url", "http://127.0.0.1:" + unused))
                .isEqualTo(1);
        assertThat(err.toString()).contains("cannot be reached");
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).doesNotContain("t0ken");
    }

    @Test
    @DisplayName("the token comes from --token, CORNUCOPIA_TOKEN or CORNUCOPIA_UPLOAD_TOKEN, in this order")
    void tokens() {
        answer = "{\"projects\":[]}";
        Map<String, String> both = Map.of("CORNUCOPIA_TOKEN", "a", "CORNUCOPIA_UPLOAD_TOKEN", "b");
        run(both, "projects", "--url", url(), "--token", "c");
        run(both, "projects", "--url", url());
        run(Map.of("CORNUCOPIA_UPLOAD_TOKEN", "b"), "projects", "--url", url());
        assertThat(authorizations).containsExactly("Bearer c", "Bearer a", "Bearer b");
        assertThat(run(Map.of(), "projects", "--url", url())).isEqualTo(2);
        assertThat(err.toString()).contains("no token; set CORNUCOPIA_TOKEN");
    }

    @Test
    @DisplayName("a release and a file, neither of them, and what is no URL are usage errors")
    void usage() {
        assertThat(call("yank", "acme")).isEqualTo(2);
        assertThat(call("yank", "acme", "1.0", "--file", "f")).isEqualTo(2);
        assertThat(call("yank")).isEqualTo(2);
        for (String url : List.of("ftp://x", "localhost:8080", "http://u:secret@x/", "http://x/?q", "http://a b/")) {
            assertThat(run(TOKEN, "projects", "--url", url)).as(url).isEqualTo(2);
        }
        assertThat(err.toString()).doesNotContain("secret");
        assertThat(run(TOKEN, "projects", "--url", url(), "--ca", "/nowhere.pem"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("--ca: /nowhere.pem cannot be read");
        assertThat(seen).isEmpty();
    }
}
