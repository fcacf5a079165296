package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cornucopia.access.Permission;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ClusterAnswer;
import io.cornucopia.bus.Failure;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.ManageQuery.Target;
import io.cornucopia.bus.OwnProjectsAnswer.OwnProject;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.Yank;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API under {@code /api/} (docs/api.md). */
class ApiTest {
    private static final String RELEASE = "/api/projects/De_mo/releases/1.0+local";
    private static final String FILE = "/api/projects/de-mo/files/de_mo-1.0.zip";
    private static final String STATUS = "/api/projects/de-mo/status";
    private static final ProjectName PROJECT = new ProjectName("de-mo");

    @TempDir
    private Path directory;

    private Site site;
    private String token;

    @BeforeEach
    void start() {
        site = new Site(
                directory,
                "/prefix",
                HttpSettings.Readers.ANONYMOUS,
                new HttpSettings.Upload(false, 1 << 20),
                Optional.empty());
        token = site.token("owner", Map.of(Permission.MANAGE, List.of("de-*")));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private RawClient.Answer ask(String method, String path, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (RawClient client = new RawClient(site.port())) {
            client.send(
                    method,
                    path,
                    headers.length > 0 ? headers[0] : token,
                    "Content-Type: application/json",
                    "Content-Length: " + bytes.length);
            client.send(bytes);
            RawClient.Answer answer = client.read(method.equals("HEAD"));
            client.send("GET", "/health");
            assertThat(client.read(false).status()).isEqualTo(200);
            return answer;
        }
    }

    private static void isRefused(RawClient.Answer answer, int status, String message) {
        assertThat(answer.text()).contains(message);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(new JsonObject(answer.text()).fieldNames()).containsExactlyInAnyOrder("message", "code", "title");
    }

    @Test
    @DisplayName("a release is yanked, with a reason and without, and no longer")
    void yank() throws IOException {
        RawClient.Answer answer = ask("PUT", RELEASE + "/yank", "{\"reason\": \"br\u00f6ken\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(new JsonObject(answer.text()))
                .isEqualTo(new JsonObject()
                        .put("project", "de-mo")
                        .put("files", new JsonArray().add("demo-1.0-py3-none-any.whl")));
        ask("PUT", RELEASE + "/yank", "");
        ask("PUT", "/prefix" + FILE + "/yank", "{}");
        ask("DELETE", FILE + "/yank", "");
        Target release = new Target.Release("1.0+local");
        Target file = new Target.File("de_mo-1.0.zip");
        assertThat(site.acts).allMatch(act -> act.actor().principal().name().equals("owner-token"));
        assertThat(site.acts)
                .containsExactly(
                        new ManageQuery.SetYank(
                                site.acts.get(0).actor(), PROJECT, release, Optional.of(new Yank("bröken"))),
                        new ManageQuery.SetYank(site.acts.get(1).actor(), PROJECT, release, Optional.of(new Yank(""))),
                        new ManageQuery.SetYank(site.acts.get(2).actor(), PROJECT, file, Optional.of(new Yank(""))),
                        new ManageQuery.SetYank(site.acts.get(3).actor(), PROJECT, file, Optional.empty()));
    }

    @Test
    @DisplayName("G8 a release and a file are deleted")
    void delete() throws IOException {
        assertThat(ask("DELETE", RELEASE, "").status()).isEqualTo(200);
        assertThat(ask("DELETE", FILE, "").status()).isEqualTo(200);
        assertThat(site.acts)
                .containsExactly(
                        new ManageQuery.Delete(site.acts.get(0).actor(), PROJECT, new Target.Release("1.0+local")),
                        new ManageQuery.Delete(site.acts.get(1).actor(), PROJECT, new Target.File("de_mo-1.0.zip")));
    }

    @Test
    @DisplayName("A6 a project's status is set")
    void status() throws IOException {
        RawClient.Answer answer = ask("PUT", STATUS, "{\"status\":\"archived\",\"reason\":\"moved\"}");
        assertThat(new JsonObject(answer.text()))
                .isEqualTo(new JsonObject().put("project", "de-mo").put("status", "archived"));
        assertThat(site.acts)
                .containsExactly(new ManageQuery.SetStatus(
                        site.acts.get(0).actor(),
                        PROJECT,
                        new ProjectStatus(ProjectStatus.Marker.ARCHIVED, Optional.of("moved"))));
    }

    @ParameterizedTest
    @DisplayName("I a body that is not what it should be is one clear 400")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\":\"gone\"}              | one of active, archived, quarantined, deprecated",
                "{}                                 | must have a \"status\"",
                "''                                 | must have a \"status\"",
                "{\"status\":1}                     | must be a string",
                "{\"status\":[\"archived\"]}        | must be a string",
                "{\"status\":\"active\",\"x\":\"y\"}| \"x\"",
                "{\"status\":\"active\",\"reason\":{}}     | must be a string",
                "{\"status\":\"active\",\"reason\":\"a\\nb\"}| one line",
                "[]                                 | not a JSON object",
                "7                                  | not a JSON object",
                "null                               | not a JSON object",
                "{\"status\":                       | not a JSON object",
            })
    void badBody(String body, String message) throws IOException {
        isRefused(ask("PUT", STATUS, body), 400, message.replace("\"", "\\\""));
        assertThat(site.acts).isEmpty();
    }

    @Test
    @DisplayName(
            "I a body of more than 64 KiB is refused, whether it says so or not, and one that is deep does no harm")
    void longBody() throws IOException {
        String body = "{\"status\":\"archived\",\"reason\":\"" + "x".repeat(70_000) + "\"}";
        isRefused(ask("PUT", STATUS, body), 413, "too long");
        try (RawClient client = new RawClient(site.port())) {
            client.send("PUT", STATUS, token, "Transfer-Encoding: chunked");
            client.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
            isRefused(client.read(false), 413, "too long");
        }
        isRefused(ask("PUT", STATUS, "{\"status\":" + "[".repeat(60_000)), 400, "not a JSON object");
        assertThat(site.acts).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("I what is no path of the API is 404, in JSON like every error of it")
    @ValueSource(
            strings = {
                "/api/",
                "/api/project",
                "/api/projects/",
                "/api/projects/de-mo",
                "/api/projects/de-mo/",
                "/api/projects/-/status",
                "/api/projects/de-mo/status/",
                "/api/projects/de-mo/releases/",
                "/api/projects/de-mo/releases/1.0/yank/x",
                "/api/projects/de-mo/files/..%2fx",
                "/api/projects/de-mo/files/%00",
                "/api/projects/de-mo/others/1.0",
            })
    void noPath(String path) throws IOException {
        isRefused(ask("PUT", path, "{}"), 404, "no such path");
    }

    @Test
    @DisplayName("I other methods are 405 with Allow")
    void methods() throws IOException {
        RawClient.Answer answer = ask("POST", RELEASE + "/yank", "{}");
        isRefused(answer, 405, "Method not allowed");
        assertThat(answer.header("allow")).isEqualTo("DELETE, PUT");
        assertThat(ask("PUT", RELEASE, "{}").header("allow")).isEqualTo("DELETE");
        assertThat(ask("DELETE", "/api/projects", "").header("allow")).isEqualTo("GET, HEAD");
        assertThat(ask("DELETE", "/api/cluster", "").header("allow")).isEqualTo("GET, HEAD");
    }

    @Test
    @DisplayName("G12 without good credentials 401, without permission for the project 403")
    void credentials() throws IOException {
        for (String header : List.of("X-None: here", "Authorization: Bearer wrong")) {
            RawClient.Answer answer = ask("DELETE", RELEASE, "", header);
            isRefused(answer, 401, "__token__");
            assertThat(answer.header("www-authenticate")).startsWith("Basic realm=");
            assertThat(ask("GET", "/api/projects", "", header).status()).isEqualTo(401);
            assertThat(ask("GET", "/api/cluster", "", header).status()).isEqualTo(401);
        }
        isRefused(ask("DELETE", "/api/projects/other/releases/1.0", ""), 403, "may not manage the project other");
        String uploader = site.token("uploader", Map.of(Permission.UPLOAD, List.of("*")));
        isRefused(ask("DELETE", RELEASE, "", uploader), 403, "may not manage");
        isRefused(ask("GET", "/api/projects", "", uploader), 403, "may not manage any project");
        isRefused(ask("GET", "/api/cluster", "", uploader), 403, "may not manage any project");
        assertThat(site.acts).isEmpty();
    }

    @Test
    @DisplayName("G9 failures are told with status and message")
    void failures() throws IOException {
        site.refusal = Optional.of(new Failure.NotFound("there is no release 1.0+local of de-mo"));
        RawClient.Answer answer = ask("DELETE", RELEASE, "");
        isRefused(answer, 404, "there is no release 1.0+local of de-mo");
        assertThat(new JsonObject(answer.text()))
                .isEqualTo(new JsonObject()
                        .put("message", "there is no release 1.0+local of de-mo")
                        .put("code", "404 there is no release 1.0+local of de-mo")
                        .put("title", "Not Found"));
        site.refusal = Optional.of(new Failure.Conflict("it is not ours"));
        isRefused(ask("PUT", RELEASE + "/yank", ""), 409, "it is not ours");
    }

    @Test
    @DisplayName("the projects that are ours are listed, as far as the token may manage or read them")
    void projects() throws IOException {
        for (String name : List.of("de-mo", "other", "seen")) {
            site.ownProjects.add(new OwnProject(
                    new ProjectName(name), OriginRules.Origin.PRIVATE, false, true, ProjectStatus.ACTIVE, 3));
        }
        String reader =
                site.token("reader", Map.of(Permission.MANAGE, List.of("de-*"), Permission.READ, List.of("seen")));
        RawClient.Answer answer = ask("GET", "/api/projects", "", reader);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        JsonArray projects = new JsonObject(answer.text()).getJsonArray("projects");
        assertThat(projects.getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("name", "de-mo")
                        .put("origin", "private")
                        .put("by-rule", false)
                        .put("hides-upstream", true)
                        .put("status", "active")
                        .put("files", 3));
        assertThat(projects.getJsonObject(1).getString("name")).isEqualTo("seen");
        assertThat(projects).hasSize(2);
        assertThat(ask("HEAD", "/api/projects", "", reader).header("content-length"))
                .isEqualTo(Integer.toString(answer.body().length));
    }

    @Test
    @DisplayName("the nodes of the cluster are listed, with what they said of themselves")
    void cluster() throws IOException {
        ClusterAnswer answer = new ClusterAnswer(
                "big",
                List.of(
                        new ClusterAnswer.Node(
                                Optional.of("10.0.0.1:5701"),
                                Optional.of("10.0.0.1:5703"),
                                "1.2.3",
                                true,
                                OptionalInt.of(2)),
                        new ClusterAnswer.Node(
                                Optional.empty(), Optional.empty(), "1.2.4", false, OptionalInt.empty())));
        Addresses.CLUSTER.serve(site.vertx, question -> Future.succeededFuture(answer));
        RawClient.Answer told = ask("GET", "/prefix/api/cluster", "");
        assertThat(told.status()).isEqualTo(200);
        assertThat(told.header("cache-control")).isEqualTo("no-store");
        assertThat(told.text())
                .isEqualTo(
                        "{\"name\":\"big\",\"members\":["
                                + "{\"address\":\"10.0.0.1:5701\",\"internal\":\"10.0.0.1:5703\",\"version\":\"1.2.3\","
                                + "\"self\":true,\"in_flight\":2},"
                                + "{\"address\":null,\"internal\":null,\"version\":\"1.2.4\",\"self\":false,\"in_flight\":null}]}");
    }
}
