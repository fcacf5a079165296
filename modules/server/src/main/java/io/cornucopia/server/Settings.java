package io.cornucopia.server;

import io.cornucopia.core.OriginRules;
import io.cornucopia.fetcher.FetcherSettings;
import io.cornucopia.http.HttpSettings;
import io.cornucopia.metadata.MetadataSettings;
import io.cornucopia.upstream.UpstreamSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The effective configuration: {@code --set} before the environment before the file before the defaults. It is checked whole;
 * every mistake is reported, not only the first.
 */
final class Settings {
    private static final Duration LONGEST_PAGE_AGE = Duration.ofMinutes(10);

    // Kubernetes tells every pod of a service named cornucopia by variables like these.
    private static final Pattern KUBERNETES_LINK =
            Pattern.compile("CORNUCOPIA_(SERVICE_(HOST|PORT.*)|PORT(_[0-9]+_.*)?)");

    /** What was said about a key, and where. */
    private record Said(String place, String text) {}

    private final Map<Key<?>, Object> values;

    private Settings(Map<Key<?>, Object> values) {
        this.values = values;
    }

    /**
     * @param file the configuration file, if there is one
     * @param environment the process's environment
     * @param set the {@code key=value} of each {@code --set}, in order; the last one of a key holds
     * @throws SettingsException with every mistake
     */
    static Settings of(Optional<Path> file, Map<String, String> environment, List<String> set)
            throws SettingsException {
        List<String> problems = new ArrayList<>();
        Map<Key<?>, Said> said = new HashMap<>();
        if (file.isPresent()) {
            ConfigurationFile.read(file.get())
                    .forEach((name, text) -> say(said, problems, file.get().toString(), name, text));
        }
        environment.forEach((variable, text) -> {
            if (variable.startsWith(Keys.VARIABLE_PREFIX)
                    && !KUBERNETES_LINK.matcher(variable).matches()) {
                Keys.ofVariable(variable)
                        .ifPresentOrElse(
                                key -> said.put(key, new Said(variable, text.strip())),
                                () -> problems.add(variable + ": there is no such setting; "
                                        + Suggestion.among(
                                                variable,
                                                Keys.ALL.stream()
                                                        .map(Key::variable)
                                                        .toList())));
            }
        });
        for (String assignment : set) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                problems.add("--set " + assignment + ": is not key=value");
            } else {
                say(said, problems, "--set", assignment.substring(0, equals), assignment.substring(equals + 1));
            }
        }
        Map<Key<?>, Object> values = new LinkedHashMap<>();
        for (Key<?> key : Keys.ALL) {
            parse(key, said.get(key), problems).ifPresent(value -> values.put(key, value));
        }
        Settings settings = new Settings(values);
        if (problems.isEmpty()) {
            settings.checkCombinations(problems);
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings;
    }

    private static void say(Map<Key<?>, Said> said, List<String> problems, String place, String name, String text) {
        Keys.named(name)
                .ifPresentOrElse(
                        key -> said.put(key, new Said(place, text.strip())),
                        () -> problems.add(place + ": " + name + ": there is no such setting; "
                                + Suggestion.among(
                                        name, Keys.ALL.stream().map(Key::name).toList())));
    }

    private static <T> Optional<T> parse(Key<T> key, Said said, List<String> problems) {
        String text = said == null ? key.defaultText() : said.text();
        try {
            return Optional.of(key.type().parser().apply(text));
        } catch (IllegalArgumentException e) {
            String place = said == null ? "default" : said.place();
            String where = place.startsWith(Keys.VARIABLE_PREFIX) ? place : place + ": " + key.name();
            String shown = key.secret() ? "***" : text;
            problems.add(where + ": \"" + shown + "\" is not " + e.getMessage());
            return Optional.empty();
        }
    }

    private void checkCombinations(List<String> problems) {
        if (get(Keys.USERNAME).isPresent() != get(Keys.PASSWORD).isPresent()) {
            problems.add("upstream.username and upstream.password go together: set both, or neither");
        }
    }

    @SuppressWarnings("unchecked")
    <T> T get(Key<T> key) {
        return (T) values.get(key);
    }

    /** As a configuration file that says the same, but for secrets, which are masked. */
    String toYaml() {
        StringBuilder yaml = new StringBuilder();
        String section = "";
        for (Key<?> key : Keys.ALL) {
            int dot = key.name().indexOf('.');
            if (!key.name().substring(0, dot).equals(section)) {
                section = key.name().substring(0, dot);
                yaml.append(section).append(":\n");
            }
            yaml.append("  ")
                    .append(key.name().substring(dot + 1))
                    .append(": \"")
                    .append(shown(key).replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\"\n");
        }
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
                OriginRules.NONE);
    }

    FetcherSettings fetcher() {
        return new FetcherSettings(cacheDirectory(), get(Keys.MAX_SIZE));
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
                new HttpSettings.Upload(false, 1L << 31),
                HttpSettings.Readers.ANONYMOUS,
                Optional.empty());
    }

    Path cacheDirectory() {
        return get(Keys.CACHE_DIR).toAbsolutePath().normalize();
    }
}
