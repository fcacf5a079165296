package io.cornucopia.server;

import io.cornucopia.access.AuditLog;
import io.cornucopia.access.JsonLinesAuditLog;
import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.access.Token;
import io.cornucopia.access.TokenSecret;
import io.cornucopia.cluster.ClusterSettings;
import io.cornucopia.core.OriginRules;
import io.cornucopia.core.ProjectPattern;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.intake.IntakeSettings;
import io.cornucopia.metadata.MetadataSettings;
import io.cornucopia.storage.BucketSettings;
import io.cornucopia.upstream.UpstreamSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The effective configuration: {@code --set} before the environment before the file before the defaults. It is checked whole;
 * every mistake is reported, not only the first.
 */
final class Settings {
    private static final String UPLOAD_TOKEN_NAME = "upload-token";
    private static final Path STANDARD_OUTPUT = Path.of("stdout");
    private static final Duration LONGEST_PAGE_AGE = Duration.ofMinutes(10);

    // Kubernetes tells every pod of a service named cornucopia, or cornucopia-cluster, by variables like these.
    private static final Pattern KUBERNETES_LINK =
            Pattern.compile("CORNUCOPIA_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT.*)|PORT_[0-9]+_.*)|CORNUCOPIA_PORT");
    private static final Pattern KUBERNETES_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    // What the commands of the jar take their token from: theirs, and no setting.
    private static final String TOKEN_OF_COMMANDS = "CORNUCOPIA_TOKEN";

    /** What was said in all places, before any of it is read. */
    private static final class Sayings {
        final Map<Key<?>, Said> keys = new HashMap<>();
        final OriginKeys origins = new OriginKeys();
        final TokenKeys tokens = new TokenKeys(TokenKeys.SECTION + ".");
        final List<String> problems = new ArrayList<>();

        void say(String place, String name, String text) {
            Optional<Key<?>> key = Keys.named(name);
            if (key.isPresent()) {
                keys.put(key.get(), new Said(place, text.strip()));
            } else if (OriginKeys.covers(name)) {
                origins.say(place, name, text, problems);
            } else if (TokenKeys.covers(name)) {
                tokens.say(place, name, text, problems);
            } else {
                problems.add(Said.noSuchSetting(place, name, candidates(name)));
            }
        }

        void sayByVariable(String variable, String text) {
            Optional<Key<?>> key = Keys.ofVariable(variable);
            if (key.isPresent()) {
                keys.put(key.get(), new Said(variable, text.strip()));
            } else if (variable.startsWith(Keys.VARIABLE_PREFIX + "PROJECTS_")
                    || variable.startsWith(Keys.VARIABLE_PREFIX + "ACCESS_TOKENS_")) {
                problems.add(variable + ": rules for projects and tokens cannot be set by the environment;"
                        + " write them in the configuration file, or with --set");
            } else {
                problems.add(variable + ": there is no such setting; "
                        + Suggestion.among(
                                variable, Keys.ALL.stream().map(Key::variable).toList()));
            }
        }

        /** What there is, and what there would be if the inner parts of the name were right. */
        private static List<String> candidates(String name) {
            List<String> candidates =
                    new ArrayList<>(Keys.ALL.stream().map(Key::name).toList());
            String[] parts = name.split("\\.", -1);
            if (parts.length > 2) {
                candidates.add(OriginKeys.name(String.join(".", List.of(parts).subList(1, parts.length - 1))));
            }
            if (parts.length > 3) {
                candidates.addAll(TokenKeys.names(TokenKeys.SECTION + ".", parts[2]));
            }
            return candidates;
        }
    }

    private final Map<Key<?>, Object> values;
    private final Map<ProjectPattern, OriginRules.Origin> origins;
    private final List<Token> configuredTokens;
    private final List<Token> tokensOfFile;
    private final Optional<String> regionOfEnvironment;
    private final List<String> warnings = new ArrayList<>();

    private Settings(
            Map<Key<?>, Object> values,
            Map<ProjectPattern, OriginRules.Origin> origins,
            List<Token> configuredTokens,
            List<Token> tokensOfFile,
            Optional<String> regionOfEnvironment) {
        this.values = values;
        this.origins = origins;
        this.configuredTokens = configuredTokens;
        this.tokensOfFile = tokensOfFile;
        this.regionOfEnvironment = regionOfEnvironment;
    }

    /**
     * @param file the configuration file, if there is one
     * @param environment the process's environment
     * @param set the {@code key=value} of each {@code --set}, in order; the last one of a key holds
     * @throws SettingsException with every mistake
     */
    static Settings of(Optional<Path> file, Map<String, String> environment, List<String> set)
            throws SettingsException {
        Sayings said = new Sayings();
        List<String> problems = said.problems;
        if (file.isPresent()) {
            ConfigurationFile.read(file.get())
                    .forEach((name, text) -> said.say(file.get().toString(), name, text));
        }
        environment.forEach((variable, text) -> {
            if (variable.startsWith(Keys.VARIABLE_PREFIX)
                    && !variable.equals(TOKEN_OF_COMMANDS)
                    && !isKubernetesLink(variable, text)) {
                said.sayByVariable(variable, text);
            }
        });
        for (String assignment : set) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                problems.add("--set " + assignment + ": is not key=value");
            } else {
                said.say("--set", assignment.substring(0, equals), assignment.substring(equals + 1));
            }
        }
        Map<Key<?>, Object> values = new LinkedHashMap<>();
        for (Key<?> key : Keys.ALL) {
            said.keys
                    .getOrDefault(key, new Said("default", key.defaultText()))
                    .parse(key.name(), key.type(), key.secret(), problems)
                    .ifPresent(value -> values.put(key, value));
        }
        Map<ProjectPattern, OriginRules.Origin> origins = said.origins.parse(problems);
        List<Token> configured = said.tokens.parse(problems);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        Settings settings = new Settings(
                values,
                origins,
                configured,
                readTokenFile(values, configured, problems),
                BucketKeys.region(environment));
        settings.checkCombinations(problems);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        settings.warnings.addAll(TokenKeys.warnings(settings.allTokens(), Instant.now()));
        return settings;
    }

    /** Also CORNUCOPIA_CLUSTER_PORT, which is one of ours, when it holds what no port is. */
    private static boolean isKubernetesLink(String variable, String text) {
        return KUBERNETES_LINK.matcher(variable).matches()
                || (variable.endsWith("_PORT")
                        && KUBERNETES_ADDRESS.matcher(text).matches());
    }

    private static List<Token> readTokenFile(
            Map<Key<?>, Object> values, List<Token> configured, List<String> problems) {
        Settings settings = new Settings(values, Map.of(), configured, List.of(), Optional.empty());
        Optional<TokenFile> file = settings.tokenFile();
        try {
            return file.isPresent() ? file.get().read() : List.of();
        } catch (SettingsException e) {
            problems.addAll(e.problems());
            return List.of();
        }
    }

    private void checkCombinations(List<String> problems) {
        if (get(Keys.USERNAME).isPresent() != get(Keys.PASSWORD).isPresent()) {
            problems.add("upstream.username and upstream.password go together: set both, or neither");
        }
        if (get(Keys.TLS_CERT).isPresent() != get(Keys.TLS_KEY).isPresent()) {
            problems.add("server.tls.cert and server.tls.key go together: set both, or neither");
        }
        problems.addAll(TokenKeys.clashes(tokens()));
        // Tokens that are not in the file yet may come, so a file of tokens leaves these open.
        boolean more = get(Keys.ACCESS_TOKEN_FILE).isPresent();
        if (get(Keys.ACCESS_READ) == HttpSettings.Readers.TOKEN && !more && nobodyMay(Permission.READ)) {
            problems.add(
                    "access.read: token, but there is no token that may read: nobody could; name projects (or *) in"
                            + " access.tokens.NAME.read, or set access.token_file or upload.token");
        }
        if (get(Keys.UPLOAD_ENABLED) == Keys.Uploads.TRUE && !more && nobodyMay(Permission.UPLOAD)) {
            problems.add(
                    "upload.enabled: true, but there is no token that may upload: nobody could; name projects (or *)"
                            + " in access.tokens.NAME.upload, or set access.token_file or upload.token");
        }
        if (uploadStore() instanceof StoreLocation.Directory directory) {
            outsideCache(Keys.UPLOAD_STORE, directory.path(), problems);
        }
        BucketKeys.check(this, regionOfEnvironment, problems);
        auditFile().ifPresent(file -> outsideCache(Keys.LOG_AUDIT, file, problems));
        ClusterKeys.check(this, problems, warnings);
    }

    private void outsideCache(Key<?> key, Path path, List<String> problems) {
        if (real(path).startsWith(real(cacheDirectory()))) {
            problems.add(key.name() + ": " + path + " is inside cache.dir (" + cacheDirectory()
                    + "), which may be deleted at any time; name a place outside it");
        }
    }

    /** Where a path leads by links, as far as it is there. */
    private static Path real(Path path) {
        Path parent = path.getParent();
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return parent == null ? path : real(parent).resolve(path.getFileName());
        }
    }

    private boolean nobodyMay(Permission permission) {
        return allTokens().stream().noneMatch(token -> token.principal().may(permission));
    }

    private List<Token> allTokens() {
        return Stream.concat(tokens().stream(), tokensOfFile.stream()).toList();
    }

    /**
     * Looks at the certificate and its key; blocks. Logging must be configured: this loads what logs.
     *
     * @throws SettingsException if they cannot be used
     */
    void checkTls() throws SettingsException {
        List<String> problems = new ArrayList<>();
        tls().ifPresent(tls -> new TlsFiles(problems, warnings).check(tls, Instant.now()));
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /** What an operator should know, although the configuration can be used. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    @SuppressWarnings("unchecked")
    <T> T get(Key<T> key) {
        return (T) values.get(key);
    }

    /** As a configuration file that says the same, but for secrets, which are masked. */
    String toYaml() {
        YamlTree yaml = new YamlTree();
        for (Key<?> key : Keys.ALL) {
            yaml.put(shown(key), key.name().split("\\."));
        }
        TokenKeys.show(configuredTokens, yaml);
        OriginKeys.show(origins, yaml);
        return yaml.toString();
    }

    private <T> String shown(Key<T> key) {
        String text = key.type().formatter().apply(get(key));
        return key.secret() && !text.isEmpty() ? "***" : text;
    }

    UpstreamSettings upstream() {
        return new UpstreamSettings(
                get(Keys.UPSTREAM_URL),
                get(Keys.FILE_HOSTS),
                get(Keys.USERNAME)
                        .map(name -> new UpstreamSettings.Credentials(
                                name, get(Keys.PASSWORD).orElseThrow())),
                get(Keys.MAX_RETRIES),
                get(Keys.CONNECT_TIMEOUT),
                get(Keys.READ_TIMEOUT),
                get(Keys.OFFLINE));
    }

    MetadataSettings metadata() {
        return new MetadataSettings(
                cacheDirectory().resolve("meta"),
                get(Keys.METADATA_TTL),
                get(Keys.NEGATIVE_TTL),
                get(Keys.ROOT),
                get(Keys.BASE_PATH) + "/simple/",
                new OriginRules(origins));
    }

    IntakeSettings intake() {
        return new IntakeSettings(new OriginRules(origins), get(Keys.UPLOAD_IDENTICAL));
    }

    HttpSettings http() {
        Duration ttl = get(Keys.METADATA_TTL);
        return new HttpSettings(
                get(Keys.HOST),
                get(Keys.PORT),
                get(Keys.BASE_PATH),
                get(Keys.DRAIN_DELAY),
                get(Keys.DRAIN_TIMEOUT),
                ttl.compareTo(LONGEST_PAGE_AGE) < 0 ? ttl : LONGEST_PAGE_AGE,
                new HttpSettings.Upload(uploadsAreOn(), get(Keys.UPLOAD_MAX_FILE_SIZE)),
                get(Keys.ACCESS_READ),
                tls());
    }

    /** For a node that is one of several. */
    Optional<ClusterSettings> cluster() {
        return ClusterKeys.settings(this);
    }

    Optional<HttpSettings.Tls> tls() {
        return get(Keys.TLS_CERT).flatMap(cert -> get(Keys.TLS_KEY).map(key -> new HttpSettings.Tls(cert, key)));
    }

    boolean uploadsAreOn() {
        return switch (get(Keys.UPLOAD_ENABLED)) {
            case TRUE -> true;
            case FALSE -> false;
            case AUTO -> !nobodyMay(Permission.UPLOAD);
        };
    }

    /** Where uploads are kept; a directory is absolute. */
    StoreLocation uploadStore() {
        StoreLocation said = get(Keys.UPLOAD_STORE);
        return said instanceof StoreLocation.Directory directory
                ? new StoreLocation.Directory(directory.path().toAbsolutePath().normalize())
                : said;
    }

    /** What a store in that bucket goes by. */
    BucketSettings bucket(StoreLocation.Bucket bucket) {
        return BucketKeys.settings(this, bucket, regionOfEnvironment);
    }

    /** The tokens of the configuration, without those of the file. */
    List<Token> tokens() {
        return Stream.concat(configuredTokens.stream(), uploadToken().stream()).toList();
    }

    /** The tokens that the file of tokens held when the settings were read. */
    List<Token> tokensOfFile() {
        return tokensOfFile;
    }

    Optional<TokenFile> tokenFile() {
        return get(Keys.ACCESS_TOKEN_FILE).map(file -> new TokenFile(file, tokens()));
    }

    private Optional<Token> uploadToken() {
        List<ProjectPattern> everything = List.of(new ProjectPattern("*"));
        return get(Keys.UPLOAD_TOKEN)
                .map(secret -> new Token(
                        new TokenSecret(secret).hash(),
                        new Principal(
                                UPLOAD_TOKEN_NAME,
                                Stream.of(Permission.values())
                                        .collect(Collectors.toMap(permission -> permission, any -> everything)),
                                Optional.empty()),
                        Optional.empty()));
    }

    AuditLog audit() {
        return auditFile().map(JsonLinesAuditLog::to).orElseGet(JsonLinesAuditLog::toStandardOutput);
    }

    Optional<Path> auditFile() {
        Path file = get(Keys.LOG_AUDIT);
        return file.equals(STANDARD_OUTPUT)
                ? Optional.empty()
                : Optional.of(file.toAbsolutePath().normalize());
    }

    Path cacheDirectory() {
        return get(Keys.CACHE_DIR).toAbsolutePath().normalize();
    }
}
