package io.cornucopia.server;

import io.cornucopia.cluster.HostPort;
import io.cornucopia.http.AccessLog;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.intake.IntakeSettings;
import io.cornucopia.metadata.MetadataSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Every setting that has one name. The command line, the environment, the file, {@code --check} and the README go by this
 * table. Those of which there are as many as an operator likes are {@link OriginKeys} and {@link TokenKeys}.
 */
final class Keys {
    static final String VARIABLE_PREFIX = "CORNUCOPIA_";

    private static final Duration DAY = Duration.ofDays(1);

    static final Key<String> HOST = Key.of("server.host", ValueType.text(), "0.0.0.0", "the address to listen on");
    static final Key<Integer> PORT =
            Key.of("server.port", ValueType.count(0, 65_535), "8080", "the port to listen on; 0 takes any free one");
    static final Key<String> BASE_PATH = Key.of(
            "server.base_path",
            ValueType.basePath(),
            "",
            "the prefix under which a proxy in front serves this, such as /pypi");
    static final Key<Duration> DRAIN_DELAY = Key.of(
            "server.drain_delay",
            ValueType.duration(Duration.ZERO, DAY),
            "0s",
            "after SIGTERM: how long connections are still taken while readiness is off");
    static final Key<Duration> DRAIN_TIMEOUT = Key.of(
            "server.drain_timeout",
            ValueType.duration(Duration.ZERO, DAY),
            "30s",
            "after that: how long what is in progress may still take");
    static final Key<Duration> BLOCKED_THREAD_WARNING = Key.of(
            "server.blocked_thread_warning",
            ValueType.duration(Duration.ofMillis(10), DAY),
            "2s",
            "for how long an event loop may be busy before that is logged");

    static final Key<Optional<Path>> TLS_CERT = Key.of(
            "server.tls.cert",
            ValueType.optionalPath(),
            "",
            "the certificate to serve HTTPS with, and those that lead to its root (PEM); re-read when it changes");
    static final Key<Optional<Path>> TLS_KEY = Key.of(
            "server.tls.key",
            ValueType.optionalPath(),
            "",
            "the key of that certificate (PEM; RSA or EC); without both: HTTP");

    static final Key<URI> UPSTREAM_URL = Key.of(
            "upstream.url",
            ValueType.indexUrl(),
            "https://pypi.org/simple/",
            "the simple API of the index that is mirrored");
    static final Key<List<String>> FILE_HOSTS = Key.of(
            "upstream.file_hosts",
            ValueType.list(),
            "files.pythonhosted.org",
            "hosts (host or host:port) that pages and redirects may point to, beside upstream's own");
    static final Key<Optional<String>> USERNAME =
            Key.of("upstream.username", ValueType.optionalText(), "", "who we are to upstream (HTTP Basic)");
    static final Key<Optional<String>> PASSWORD = Key.secret(
            "upstream.password", ValueType.optionalText(), "the password for that; sent to upstream's own host only");
    static final Key<Integer> MAX_RETRIES = Key.of(
            "upstream.max_retries", ValueType.count(0, 20), "3", "how often a request that failed is tried again");
    static final Key<Duration> CONNECT_TIMEOUT = Key.of(
            "upstream.connect_timeout",
            ValueType.duration(Duration.ofMillis(10), DAY),
            "5s",
            "how long a connection to upstream may take to stand");
    static final Key<Duration> READ_TIMEOUT = Key.of(
            "upstream.read_timeout",
            ValueType.duration(Duration.ofMillis(10), DAY),
            "30s",
            "the longest silence of upstream that is waited out");
    static final Key<Boolean> OFFLINE = Key.of(
            "upstream.offline", ValueType.flag(), "false", "whether upstream is never asked: what is here is served");

    static final Key<Path> CACHE_DIR = Key.of(
            "cache.dir", ValueType.path(), "./cache", "where pages and files are kept; safe to delete at any time");
    static final Key<Duration> METADATA_TTL = Key.of(
            "cache.metadata_ttl",
            ValueType.duration(Duration.ZERO, Duration.ofDays(365)),
            "10m",
            "how long a page is served before upstream is asked again");
    static final Key<Duration> NEGATIVE_TTL = Key.of(
            "cache.negative_ttl",
            ValueType.duration(Duration.ZERO, Duration.ofDays(365)),
            "1m",
            "how long upstream's \"no such project\" is believed");
    static final Key<OptionalLong> MAX_SIZE = Key.of(
            "cache.max_size",
            ValueType.size(),
            "none",
            "how much the files may take; beyond it the longest unused ones go");

    static final Key<MetadataSettings.Root> ROOT = Key.of(
            "index.root",
            ValueType.oneOf(MetadataSettings.Root.class),
            "known",
            "what /simple/ lists: the projects known here, or upstream's list as well");

    /** Whether uploads are taken ({@code upload.enabled}). */
    enum Uploads {
        /** If there is a token that may upload. */
        AUTO,
        TRUE,
        FALSE
    }

    static final Key<Uploads> UPLOAD_ENABLED = Key.of(
            "upload.enabled",
            ValueType.oneOf(Uploads.class),
            "auto",
            "whether uploads are taken; auto: if, at start, there is a token that may upload");
    static final Key<Optional<String>> UPLOAD_TOKEN = Key.secret(
            "upload.token", ValueType.optionalText(), "one token that may do everything, for the simple case");
    static final Key<StoreLocation> UPLOAD_STORE = Key.of(
            "upload.store",
            StoreLocation.type(),
            "./data",
            "where uploads are kept for ever, the thing to back up: a directory, or a bucket as s3://bucket/prefix");
    static final Key<Boolean> UPLOAD_STORE_SHARED = Key.of(
            "upload.store_shared",
            ValueType.flag(),
            "false",
            "whether upload.store is a volume that all nodes of the cluster share");
    static final Key<IntakeSettings.Identical> UPLOAD_IDENTICAL = Key.of(
            "upload.identical",
            ValueType.oneOf(IntakeSettings.Identical.class),
            "conflict",
            "what becomes of an upload that is here already, byte for byte: 409, or 200");
    static final Key<Long> UPLOAD_MAX_FILE_SIZE =
            Key.of("upload.max_file_size", ValueType.fileSize(), "2GiB", "the largest file that is taken");

    static final Key<Optional<URI>> S3_ENDPOINT = Key.of(
            "upload.s3.endpoint",
            BucketKeys.endpoint(),
            "",
            "where the S3 server of the bucket in upload.store is, where it is not AWS");
    static final Key<Optional<String>> S3_REGION = Key.of(
            "upload.s3.region",
            ValueType.optionalText(),
            "",
            "the bucket's region; else AWS_REGION holds, and with an endpoint us-east-1");
    static final Key<Boolean> S3_PATH_STYLE = Key.of(
            "upload.s3.path_style",
            ValueType.flag(),
            "false",
            "whether the bucket's name stands in the path, not in the host's name: MinIO and most others want that");
    static final Key<Long> S3_PART_SIZE = Key.of(
            "upload.s3.part_size",
            ValueType.fileSize(),
            "16MiB",
            "files that are larger go to the bucket in parts of this size");
    static final Key<Duration> S3_CONNECT_TIMEOUT = Key.of(
            "upload.s3.connect_timeout",
            ValueType.duration(Duration.ofMillis(1), DAY),
            "5s",
            "how long a connection to the bucket may take to stand");
    static final Key<Duration> S3_READ_TIMEOUT = Key.of(
            "upload.s3.read_timeout",
            ValueType.duration(Duration.ofMillis(1), DAY),
            "30s",
            "the longest silence of the bucket that is waited out");
    static final Key<Integer> S3_MAX_RETRIES = Key.of(
            "upload.s3.max_retries",
            ValueType.count(0, 100),
            "3",
            "how often a request to the bucket that failed is tried again");

    static final Key<HttpSettings.Readers> ACCESS_READ = Key.of(
            "access.read",
            ValueType.oneOf(HttpSettings.Readers.class),
            "anonymous",
            "who may see pages and files: everybody, or who has a token that may read");
    static final Key<Optional<Path>> ACCESS_TOKEN_FILE = Key.of(
            "access.token_file",
            ValueType.optionalPath(),
            "",
            "a file with more tokens, written as below access.tokens; re-read when it changes");

    static final Key<Boolean> CLUSTER_ENABLED = Key.of(
            "cluster.enabled", ValueType.flag(), "false", "whether this node is one of several that are one mirror");
    static final Key<String> CLUSTER_NAME =
            Key.of("cluster.name", ValueType.text(), "cornucopia", "what the cluster is called; the same on all nodes");
    static final Key<Optional<String>> CLUSTER_SECRET = Key.secret(
            "cluster.secret",
            ValueType.optionalText(),
            "what all nodes know and nobody else, 16 characters at least: who knows it is a node");
    static final Key<Optional<String>> CLUSTER_HOST = Key.of(
            "cluster.host",
            ValueType.optionalText(),
            "",
            "the address at which the other nodes reach this one, for all three ports below");
    static final Key<Optional<String>> CLUSTER_BIND_HOST = Key.of(
            "cluster.bind_host",
            ValueType.optionalText(),
            "",
            "the address to listen on for the other nodes, where it is not cluster.host: behind NAT, in a container");
    static final Key<Integer> CLUSTER_PORT =
            Key.of("cluster.port", ValueType.count(1, 65_535), "5701", "the port for who is here: Hazelcast");
    static final Key<Integer> CLUSTER_BUS_PORT = Key.of(
            "cluster.bus_port",
            ValueType.count(1, 65_535),
            "5702",
            "the port for what nodes ask one another: the event bus");
    static final Key<Integer> CLUSTER_INTERNAL_PORT = Key.of(
            "cluster.internal_port",
            ValueType.count(1, 65_535),
            "5703",
            "the port for what nodes take from one another: HTTP for files and pages");
    static final Key<List<HostPort>> CLUSTER_MEMBERS = Key.of(
            "cluster.members",
            ValueType.hostPorts(),
            "",
            "where other nodes are: host:port of cluster.port; this node may be among them");
    static final Key<Optional<String>> CLUSTER_DNS = Key.of(
            "cluster.dns",
            ValueType.optionalText(),
            "",
            "instead: a name whose addresses are the nodes', such as that of a headless service");
    static final Key<Duration> CLUSTER_JOIN_TIMEOUT = Key.of(
            "cluster.join_timeout",
            ValueType.duration(Duration.ofSeconds(1), DAY),
            "30s",
            "how long other nodes are looked for before this one begins alone");
    static final Key<Duration> CLUSTER_PEER_TIMEOUT = Key.of(
            "cluster.peer_timeout",
            ValueType.duration(Duration.ofMillis(100), DAY),
            "2s",
            "the longest silence of another node that is waited out while it sends a file");

    static final Key<AccessLog.Format> LOG_FORMAT = Key.of(
            "log.format",
            ValueType.oneOf(AccessLog.Format.class),
            "text",
            "how the log and the access log are written");
    static final Key<Logging.Level> LOG_LEVEL = Key.of(
            "log.level", ValueType.oneOf(Logging.Level.class), "info", "the least important messages that are logged");

    static final Key<Path> LOG_AUDIT = Key.of(
            "log.audit",
            ValueType.path(),
            "./data/audit.jsonl",
            "where uploads, yanks and deletions are written down, one JSON line each; stdout for standard output");

    static final List<Key<?>> ALL = List.of(
            HOST,
            PORT,
            BASE_PATH,
            DRAIN_DELAY,
            DRAIN_TIMEOUT,
            BLOCKED_THREAD_WARNING,
            TLS_CERT,
            TLS_KEY,
            UPSTREAM_URL,
            FILE_HOSTS,
            USERNAME,
            PASSWORD,
            MAX_RETRIES,
            CONNECT_TIMEOUT,
            READ_TIMEOUT,
            OFFLINE,
            CACHE_DIR,
            METADATA_TTL,
            NEGATIVE_TTL,
            MAX_SIZE,
            ROOT,
            UPLOAD_ENABLED,
            UPLOAD_TOKEN,
            UPLOAD_STORE,
            UPLOAD_STORE_SHARED,
            UPLOAD_IDENTICAL,
            UPLOAD_MAX_FILE_SIZE,
            S3_ENDPOINT,
            S3_REGION,
            S3_PATH_STYLE,
            S3_PART_SIZE,
            S3_CONNECT_TIMEOUT,
            S3_READ_TIMEOUT,
            S3_MAX_RETRIES,
            ACCESS_READ,
            ACCESS_TOKEN_FILE,
            CLUSTER_ENABLED,
            CLUSTER_NAME,
            CLUSTER_SECRET,
            CLUSTER_HOST,
            CLUSTER_BIND_HOST,
            CLUSTER_PORT,
            CLUSTER_BUS_PORT,
            CLUSTER_INTERNAL_PORT,
            CLUSTER_MEMBERS,
            CLUSTER_DNS,
            CLUSTER_JOIN_TIMEOUT,
            CLUSTER_PEER_TIMEOUT,
            LOG_FORMAT,
            LOG_LEVEL,
            LOG_AUDIT);

    private Keys() {}

    static Optional<Key<?>> named(String name) {
        return ALL.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    static Optional<Key<?>> ofVariable(String variable) {
        return ALL.stream().filter(key -> key.variable().equals(variable)).findFirst();
    }
}
