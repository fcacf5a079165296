package io.cornucopia.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesAuditLogTest {
    @TempDir
    Path directory;

    private static AuditLog.Act act(String project, String reason) {
        return new AuditLog.Act(
                Instant.parse("2026-01-02T03:04:05Z"), "ci", "192.0.2.7", "upload", project, "f-1.whl", "done", reason);
    }

    private static Map<String, String> parse(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                fields.put(name, json.nextTextValue());
            }
            assertThat(json.currentToken()).isEqualTo(JsonToken.END_OBJECT);
            assertThat(json.nextToken()).isNull();
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
        return fields;
    }

    @Test
    @DisplayName("one line an act, whatever its texts hold; the file and its directory come with the first")
    void lines() throws IOException {
        Path file = directory.resolve("of/data/audit.jsonl");
        AuditLog log = JsonLinesAuditLog.to(file);
        assertThat(file.getParent()).doesNotExist();
        String nasty = "says \"no\"\r\n{\"outcome\":\"done\"}\u2028\t\\ \u0000 é";
        log.record(act("acme", ""));
        log.record(act("acme", nasty));
        List<String> lines = List.of(Files.readString(file).split("\n", -1));
        assertThat(lines).hasSize(3).last().asString().isEmpty();
        assertThat(parse(lines.get(0)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "time", "2026-01-02T03:04:05Z",
                        "principal", "ci",
                        "address", "192.0.2.7",
                        "action", "upload",
                        "project", "acme",
                        "subject", "f-1.whl",
                        "outcome", "done",
                        "reason", ""));
        assertThat(parse(lines.get(1))).containsEntry("reason", nasty).containsEntry("outcome", "done");
    }

    @Test
    @DisplayName("it appends to what is there, also after the file was moved away")
    void appends() throws IOException {
        Path file = directory.resolve("audit.jsonl");
        JsonLinesAuditLog.to(file).record(act("one", ""));
        AuditLog log = JsonLinesAuditLog.to(file);
        log.record(act("two", ""));
        assertThat(Files.readAllLines(file)).hasSize(2);
        Files.move(file, directory.resolve("audit.1"));
        log.record(act("three", ""));
        assertThat(Files.readAllLines(file))
                .singleElement()
                .satisfies(line -> assertThat(parse(line)).containsEntry("project", "three"));
    }

    @Test
    @DisplayName("lines of many threads do not mix")
    void manyThreads() throws IOException {
        Path file = directory.resolve("audit.jsonl");
        AuditLog log = JsonLinesAuditLog.to(file);
        IntStream.range(0, 200).parallel().forEach(i -> log.record(act("p" + i, "x".repeat(i))));
        assertThat(Files.readAllLines(file)).hasSize(200).allSatisfy(JsonLinesAuditLogTest::parse);
    }

    @Test
    @DisplayName("what cannot be written is no reason to fail")
    void unwritable() {
        JsonLinesAuditLog.to(Path.of("/proc/nowhere/audit.jsonl")).record(act("acme", ""));
    }
}
