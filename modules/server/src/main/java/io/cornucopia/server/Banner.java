package io.cornucopia.server;

import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.cluster.Member;
import io.cornucopia.http.AccessLog;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** What is printed once the server is ready: lines for people, or one object for machines. */
final class Banner {
    private Banner() {}

    static void print(Settings settings, Node node, int port, PrintWriter out) {
        String host = settings.get(Keys.HOST);
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String name = everywhere ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
        String base = (settings.tls().isPresent() ? "https://" : "http://") + name + ":" + port
                + settings.get(Keys.BASE_PATH);
        String index = base + "/simple/";
        String publish = base + "/legacy/";
        if (settings.get(Keys.LOG_FORMAT) == AccessLog.Format.JSON) {
            JsonObject ready = new JsonObject()
                    .put("event", "ready")
                    .put("version", Cornucopia.Version.number())
                    .put("listening", host + ":" + port)
                    .put("upstream", settings.get(Keys.UPSTREAM_URL).toString())
                    .put("offline", settings.get(Keys.OFFLINE))
                    .put("cache", settings.cacheDirectory().toString())
                    .put("index_url", index);
            if (settings.uploadsAreOn()) {
                ready.put("uploads", settings.uploadStore().toString()).put("upload_url", publish);
            }
            node.membership().ifPresent(membership -> ready.put("cluster", cluster(membership.settings(), node)));
            out.println(ready.encode());
        } else {
            out.println("Cornucopia " + Cornucopia.Version.number());
            out.println("  listening on  " + host + ":" + port);
            out.println("  upstream      " + settings.get(Keys.UPSTREAM_URL)
                    + (settings.get(Keys.OFFLINE) ? " (offline: never asked)" : ""));
            out.println("  cache         " + settings.cacheDirectory());
            if (settings.uploadsAreOn()) {
                out.println("  uploads       " + settings.uploadStore());
            }
            node.membership().ifPresent(membership -> {
                ClusterSettings cluster = membership.settings();
                out.println("  cluster       " + cluster.name() + ", " + membersOf(node));
                out.println("  needs         " + cluster.host() + " open to the other nodes on " + cluster.port()
                        + " (Hazelcast), " + cluster.busPort() + " (event bus), " + cluster.internalPort()
                        + " (HTTP); one cluster.secret on all of them");
            });
            out.println("  use it with   pip install --index-url " + index + " PACKAGE");
            if (settings.uploadsAreOn()) {
                out.println("  publish with  twine upload --repository-url " + publish + " FILES");
            }
        }
        out.flush();
    }

    private static String membersOf(Node node) {
        List<Member> members = node.cluster().members().all();
        return members.size() == 1
                ? "this node is the first one: others may join"
                : members.size() + " members: "
                        + members.stream()
                                .map(member -> member.address() + (member.self() ? " (this node)" : ""))
                                .collect(Collectors.joining(", "));
    }

    private static JsonObject cluster(ClusterSettings settings, Node node) {
        return new JsonObject()
                .put("name", settings.name())
                .put("address", settings.address().toString())
                .put("bus_port", settings.busPort())
                .put("internal_port", settings.internalPort())
                .put(
                        "members",
                        new JsonArray(node.cluster().members().all().stream()
                                .map(member -> member.address().toString())
                                .toList()));
    }
}
