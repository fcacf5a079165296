package io.cornucopia.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cornucopia.testkit.BasicCredentials;
import io.cornucopia.testkit.Conversation;
import io.cornucopia.testkit.GoldenFile;
import io.cornucopia.testkit.HttpProbe;
import io.cornucopia.testkit.Node;
import io.cornucopia.testkit.TestCluster;
import io.cornucopia.testkit.UploadForm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One node of a {@link TestCluster}, as those see it who publish there. That a node cannot be reached is an
 * {@link java.io.UncheckedIOException}.
 */
record OwnedNode(Node node) {

    /** Each node of a cluster. */
    static List<OwnedNode> of(TestCluster cluster) {
        return cluster.nodes().stream().map(OwnedNode::new).toList();
    }

    /** A probe that may do everything. */
    HttpProbe owner() {
        return node.probe().header("Authorization", BasicCredentials.of("__token__", TestCluster.TOKEN));
    }

    URI legacy() {
        return URI.create(node.url() + "/legacy/");
    }

    /** Uploads what has to succeed. */
    void publish(GoldenFile... files) {
        for (GoldenFile file : files) {
            HttpProbe.Response response = PrivateIndex.post(owner(), UploadForm.of(file));
            assertThat(response.status()).as(response.text()).isEqualTo(200);
        }
    }

    /** What the API says, which has to be yes. */
    void manage(String method, String path) {
        HttpProbe.Response response = owner().send(method, "/api/projects/" + path, new byte[0]);
        assertThat(response.status())
                .as(method + " " + path + ": " + response.text())
                .isEqualTo(200);
    }

    HttpProbe.Response page(String project) {
        return node.probe().header("Accept", PrivateIndex.JSON).get("/simple/" + project + "/");
    }

    /** A connection on which this page was asked for twice: the second answer was the first one, given again. */
    Conversation reader(String project) {
        Conversation reader = node.probe().header("Accept", PrivateIndex.JSON).connect();
        for (int i = 0; i < 2; i++) {
            assertThat(files(reader.get("/simple/" + project + "/"))).isNotEmpty();
        }
        return reader;
    }

    /** What its page says of each file of a project; empty if there is no page. */
    Map<String, JsonNode> files(String project) {
        return files(page(project));
    }

    static Map<String, JsonNode> files(HttpProbe.Response page) {
        assertThat(page.status()).as(page.text()).isIn(200, 404);
        Map<String, JsonNode> files = new TreeMap<>();
        if (page.status() == 200) {
            PrivateIndex.json(page)
                    .get("files")
                    .forEach(file -> files.put(file.get("filename").asText(), file));
        }
        return files;
    }

    /** The digest that its page says, by filename. */
    Map<String, String> digests(String project) {
        Map<String, String> digests = new TreeMap<>();
        files(project)
                .forEach((filename, says) ->
                        digests.put(filename, says.at("/hashes/sha256").asText()));
        return digests;
    }

    /** The digest of what it gives out by that name. */
    String digest(String filename) {
        HttpProbe.Digest got = node.probe().digest("/packages/" + filename);
        assertThat(got.status()).as(filename).isEqualTo(200);
        assertThat(got.complete()).as(filename + " is whole").isTrue();
        return got.sha256();
    }

    /** Asserts that this file is listed with its digest and served whole. */
    void assertServed(GoldenFile file) {
        assertThat(digests(file.project())).as(node.url()).containsEntry(file.filename(), file.sha256());
        assertThat(digest(file.filename()))
                .as(node.url() + " " + file.filename())
                .isEqualTo(file.sha256());
    }
}
