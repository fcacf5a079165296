package io.cornucopia.server;

import io.cornucopia.cluster.ClusterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the keys below {@code cluster.} come to together. */
final class ClusterKeys {
    private static final List<Key<?>> WHERE_AND_WHO =
            List.of(Keys.CLUSTER_SECRET, Keys.CLUSTER_HOST, Keys.CLUSTER_MEMBERS, Keys.CLUSTER_DNS);

    private ClusterKeys() {}

    /** For a node that is one of several; to be asked when {@link #check} found no problems. */
    static Optional<ClusterSettings> settings(Settings settings) {
        return settings.get(Keys.CLUSTER_ENABLED)
                ? Optional.of(new ClusterSettings(
                        settings.get(Keys.CLUSTER_NAME),
                        settings.get(Keys.CLUSTER_SECRET).orElseThrow(),
                        settings.get(Keys.CLUSTER_HOST).orElseThrow(),
                        settings.get(Keys.CLUSTER_PORT),
                        settings.get(Keys.CLUSTER_BUS_PORT),
                        settings.get(Keys.CLUSTER_INTERNAL_PORT),
                        settings.get(Keys.CLUSTER_MEMBERS),
                        settings.get(Keys.CLUSTER_DNS),
                        settings.get(Keys.CLUSTER_JOIN_TIMEOUT),
                        settings.get(Keys.CLUSTER_PEER_TIMEOUT),
                        settings.get(Keys.CLUSTER_BIND_HOST)))
                : Optional.empty();
    }

    /** Finds out whether they can hold together, and with the rest of the settings. */
    static void check(Settings settings, List<String> problems, List<String> warnings) {
        if (!settings.get(Keys.CLUSTER_ENABLED)) {
            WHERE_AND_WHO.stream()
                    .filter(key -> !settings.get(key).equals(key.type().parser().apply(key.defaultText())))
                    .forEach(key ->
                            warnings.add(key.name() + " is set, but cluster.enabled is not: this node is alone"));
            return;
        }
        if (settings.get(Keys.CLUSTER_NAME).isEmpty()) {
            problems.add("cluster.name: is empty; give all nodes of the cluster the same name");
        }
        secret(settings, problems);
        host(settings, problems);
        ports(settings, problems);
        whereOthersAre(settings, problems);
        uploads(settings, problems, warnings);
    }

    private static void secret(Settings settings, List<String> problems) {
        Optional<String> secret = settings.get(Keys.CLUSTER_SECRET);
        String remedy = "; make one with 'openssl rand -base64 32', and give the same to all nodes, best as "
                + Keys.CLUSTER_SECRET.variable() + " in their environment";
        if (secret.isEmpty()) {
            problems.add("cluster.secret: is not set, and without it anybody could be a node" + remedy);
        } else if (secret.get().length() < ClusterSettings.SHORTEST_SECRET) {
            problems.add("cluster.secret: has " + secret.get().length() + " characters, which can be guessed; it needs "
                    + ClusterSettings.SHORTEST_SECRET + remedy);
        }
    }

    private static void host(Settings settings, List<String> problems) {
        Optional<String> host = settings.get(Keys.CLUSTER_HOST);
        if (host.isEmpty()) {
            problems.add(
                    "cluster.host: is not set; give the address of this machine at which the other nodes reach it");
        } else if (ClusterSettings.isWildcard(host.get())) {
            problems.add(
                    "cluster.host: " + host.get() + " is no address at which the other nodes reach this one; give one"
                            + " of this machine, and cluster.bind_host to listen on more than that");
        }
    }

    private static void ports(Settings settings, List<String> problems) {
        Map<Integer, List<String>> named = new TreeMap<>();
        for (Key<Integer> key :
                List.of(Keys.PORT, Keys.CLUSTER_PORT, Keys.CLUSTER_BUS_PORT, Keys.CLUSTER_INTERNAL_PORT)) {
            named.computeIfAbsent(settings.get(key), port -> new ArrayList<>()).add(key.name());
        }
        named.forEach((port, names) -> {
            if (names.size() > 1) {
                problems.add(String.join(" and ", names) + ": are both " + port + "; give each a port of its own");
            }
        });
    }

    private static void whereOthersAre(Settings settings, List<String> problems) {
        boolean members = !settings.get(Keys.CLUSTER_MEMBERS).isEmpty();
        boolean dns = settings.get(Keys.CLUSTER_DNS).isPresent();
        if (members && dns) {
            problems.add("cluster.members and cluster.dns: are both set; keep the one that says where other nodes are");
        } else if (!members && !dns) {
            problems.add("cluster.members and cluster.dns: neither says where other nodes are; list them as host:port,"
                    + " or give a name whose addresses are theirs");
        }
    }

    private static void uploads(Settings settings, List<String> problems, List<String> warnings) {
        if (!settings.uploadsAreOn() || !(settings.uploadStore() instanceof StoreLocation.Directory directory)) {
            // A bucket is the same one on every node.
            return;
        }
        Path store = directory.path();
        if (!settings.get(Keys.UPLOAD_STORE_SHARED)) {
            problems.add(
                    "upload.store: " + store + " is this node's alone as far as is known, so that its uploads would be"
                            + " missing on the other nodes; put it on a volume that all of them share and say so with"
                            + " upload.store_shared=true, name a bucket (s3://bucket/prefix), or take no uploads with upload.enabled=false");
        } else if (settings.auditFile().filter(file -> file.startsWith(store)).isPresent()) {
            warnings.add("log.audit: " + settings.auditFile().get()
                    + " lies in upload.store, which all nodes share; give" + " each node a file of its own, or stdout");
        }
    }
}
