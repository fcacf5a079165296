package io.cornucopia.server;

import io.cornucopia.cluster.HostPort;
import io.cornucopia.core.Digest;
import io.cornucopia.core.HashAlgorithm;
import io.cornucopia.core.ProjectPattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a setting is written.
 *
 * @param description what it is, for messages and tables, such as {@code duration}
 * @param parser reads it; fails with {@link IllegalArgumentException}, whose message completes "… is not …"
 * @param formatter writes it so that it can be read again
 */
record ValueType<T>(String description, Function<String, T> parser, Function<T, String> formatter) {
    /** What completes "… is not" for something that is no pattern. */
    static final String PATTERN =
            "a project's name or a pattern; write acme-tools, acme-* or *, with a * at the end only";

    private static final DateTimeFormatter MOMENT = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffsetId()
            .toFormatter(Locale.ROOT);
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15})\\s*([A-Za-z]*)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTES = bytes();

    static ValueType<String> text() {
        return new ValueType<>("text", text -> text, text -> text);
    }

    static ValueType<Optional<String>> optionalText() {
        return new ValueType<>(
                "text", text -> text.isEmpty() ? Optional.empty() : Optional.of(text), text -> text.orElse(""));
    }

    static ValueType<Integer> count(int least, int most) {
        String description = "a whole number from " + least + " to " + most;
        return new ValueType<>(
                description,
                text -> {
                    if (!text.matches("[0-9]{1,9}")
                            || Integer.parseInt(text) < least
                            || Integer.parseInt(text) > most) {
                        throw new IllegalArgumentException(description);
                    }
                    return Integer.parseInt(text);
                },
                String::valueOf);
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>(
                "true or false",
                text -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw new IllegalArgumentException("true or false");
                    }
                    return Boolean.valueOf(text);
                },
                String::valueOf);
    }

    static ValueType<Duration> duration(Duration least, Duration most) {
        return new ValueType<>(
                "duration",
                text -> {
                    Duration value = Duration.ofMillis(withUnit(
                            text, MILLIS, "a duration; write a number and a unit, such as 500ms, 30s, 10m, 2h or 1d"));
                    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                        throw new IllegalArgumentException(
                                "within bounds; the least is " + format(least) + ", the most " + format(most));
                    }
                    return value;
                },
                ValueType::format);
    }

    static ValueType<OptionalLong> size() {
        return new ValueType<>(
                "size, or none",
                text -> text.equals("none") || text.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(withUnit(
                                text,
                                BYTES,
                                "a size; write a number and a unit, such as 500MB, 512MiB or 20GiB, or none")),
                size -> size.isEmpty() ? "none" : formatSize(size.getAsLong()));
    }

    static ValueType<Long> fileSize() {
        ValueType<OptionalLong> size = size();
        return new ValueType<>(
                "size",
                text -> size.parser().apply(text).stream()
                        .filter(bytes -> bytes > 0)
                        .boxed()
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "a size; write a number and a unit, such as 500MB, 512MiB or 20GiB")),
                ValueType::formatSize);
    }

    static ValueType<Path> path() {
        return new ValueType<>(
                "path",
                text -> {
                    try {
                        if (text.isEmpty()) {
                            throw new IllegalArgumentException("a path");
                        }
                        return Path.of(text);
                    } catch (InvalidPathException e) {
                        throw new IllegalArgumentException("a path", e);
                    }
                },
                Path::toString);
    }

    static ValueType<Optional<Path>> optionalPath() {
        ValueType<Path> path = path();
        return new ValueType<>(
                "path",
                text -> text.isEmpty()
                        ? Optional.empty()
                        : Optional.of(path.parser().apply(text)),
                value -> value.map(Path::toString).orElse(""));
    }

    static ValueType<Digest> sha256() {
        String prefix = "sha256:";
        return new ValueType<>(
                "sha256:, then 64 hexadecimal digits",
                text -> Optional.of(text)
                        .filter(hash -> hash.startsWith(prefix))
                        .flatMap(hash -> Digest.parse(HashAlgorithm.SHA256, hash.substring(prefix.length())))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "a hash; write sha256: and 64 hexadecimal digits, as token create prints them")),
                digest -> prefix + digest.hex());
    }

    static ValueType<List<ProjectPattern>> patterns() {
        ValueType<List<String>> list = list();
        return new ValueType<>(
                "list of project names and patterns",
                text -> list.parser().apply(text).stream()
                        .map(item ->
                                ProjectPattern.parse(item).orElseThrow(() -> new IllegalArgumentException(PATTERN)))
                        .toList(),
                patterns -> String.join(
                        ",", patterns.stream().map(ProjectPattern::text).toList()));
    }

    /** A moment: a date is its first one, and where no zone is named it is UTC. */
    static ValueType<Instant> moment() {
        return new ValueType<>(
                "date, or date and time",
                text -> {
                    try {
                        TemporalAccessor read =
                                MOMENT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
                        return read instanceof OffsetDateTime zoned
                                ? zoned.toInstant()
                                : read instanceof LocalDateTime time
                                        ? time.toInstant(ZoneOffset.UTC)
                                        : ((LocalDate) read).atStartOfDay().toInstant(ZoneOffset.UTC);
                    } catch (DateTimeException e) {
                        throw new IllegalArgumentException("a date; write 2027-01-31, or 2027-01-31T12:00:00Z", e);
                    }
                },
                Instant::toString);
    }

    static ValueType<List<String>> list() {
        return new ValueType<>(
                "list, comma-separated",
                text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList(),
                items -> String.join(",", items));
    }

    static ValueType<List<HostPort>> hostPorts() {
        ValueType<List<String>> list = list();
        return new ValueType<>(
                "list of host:port",
                text -> list.parser().apply(text).stream()
                        .map(item -> {
                            try {
                                return HostPort.parse(item);
                            } catch (IllegalArgumentException e) {
                                throw new IllegalArgumentException(
                                        "a list of host:port; write node-1:5701,node-2:5701, and [::1]:5701 for IPv6",
                                        e);
                            }
                        })
                        .toList(),
                items -> String.join(",", items.stream().map(HostPort::toString).toList()));
    }

    static ValueType<String> basePath() {
        return new ValueType<>(
                "path",
                text -> {
                    String path = text.replaceAll("/+$", "");
                    if (!path.isEmpty() && !path.matches("(/[A-Za-z0-9._~-]+)+")) {
                        throw new IllegalArgumentException("a path prefix; write it as /pypi, or leave it empty");
                    }
                    return path;
                },
                path -> path);
    }

    static ValueType<URI> indexUrl() {
        return new ValueType<>(
                "URL",
                text -> {
                    try {
                        URI url = new URI(text.endsWith("/") ? text : text + "/");
                        boolean web =
                                "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
                        if (!web || url.getHost() == null) {
                            throw new IllegalArgumentException("an http or https URL");
                        }
                        if (url.getRawUserInfo() != null) {
                            throw new IllegalArgumentException(
                                    "to hold credentials; write them as upstream.username and upstream.password");
                        }
                        if (url.getRawQuery() != null || url.getRawFragment() != null) {
                            throw new IllegalArgumentException("to have a query or a fragment");
                        }
                        return url;
                    } catch (URISyntaxException e) {
                        throw new IllegalArgumentException("an http or https URL", e);
                    }
                },
                URI::toString);
    }

    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        String words = String.join(
                " or ",
                Arrays.stream(type.getEnumConstants()).map(ValueType::word).toList());
        return new ValueType<>(
                words,
                text -> Arrays.stream(type.getEnumConstants())
                        .filter(value -> word(value).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(words)),
                ValueType::word);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static long withUnit(String text, Map<String, Long> units, String otherwise) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(otherwise);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(otherwise, e);
        }
    }

    private static Map<String, Long> bytes() {
        Map<String, Long> units = new TreeMap<>();
        units.put("B", 1L);
        long decimal = 1;
        long binary = 1;
        for (String prefix : List.of("K", "M", "G", "T")) {
            decimal *= 1000;
            binary *= 1024;
            units.put(prefix.equals("K") ? "kB" : prefix + "B", decimal);
            units.put(prefix + "iB", binary);
        }
        units.put("KB", 1000L);
        return units;
    }

    private static String format(Duration duration) {
        long millis = duration.toMillis();
        for (String unit : List.of("d", "h", "m", "s")) {
            if (millis != 0 && millis % MILLIS.get(unit) == 0) {
                return millis / MILLIS.get(unit) + unit;
            }
        }
        return millis == 0 ? "0s" : millis + "ms";
    }

    private static String formatSize(long bytes) {
        for (String unit : List.of("TiB", "GiB", "MiB", "KiB")) {
            if (bytes != 0 && bytes % BYTES.get(unit) == 0) {
                return bytes / BYTES.get(unit) + unit;
            }
        }
        return bytes + "B";
    }
}
