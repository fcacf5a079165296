package io.cornucopia.server;

import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.access.Token;
import io.cornucopia.core.Digest;
import io.cornucopia.core.ProjectPattern;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The keys of tokens, as many tokens as an operator likes: {@code <name>.hash}, {@code .read}, {@code .upload}, {@code
 * .manage}, {@code .expires} and {@code .publisher.*}. In the configuration they stand below {@code access.tokens}, in the
 * file of tokens at its top.
 */
final class TokenKeys {
    /** What stands before them in the configuration. */
    static final String SECTION = "access.tokens";

    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private static final String HASH = "hash";
    private static final String EXPIRES = "expires";
    private static final String PUBLISHER = "publisher";
    private static final ValueType<Digest> HASH_TYPE = ValueType.sha256();
    private static final ValueType<Instant> EXPIRES_TYPE = ValueType.moment();
    private static final ValueType<List<ProjectPattern>> PATTERNS_TYPE = ValueType.patterns();
    private static final List<String> PARTS = Stream.concat(
                    Stream.of(HASH, EXPIRES, PUBLISHER + ".kind"),
                    Stream.of(Permission.values()).map(TokenKeys::word))
            .toList();

    private final String prefix;
    private final Map<String, Map<String, Said>> tokens = new LinkedHashMap<>();

    /** @param prefix what stands before the names of tokens: {@code access.tokens.}, or nothing */
    TokenKeys(String prefix) {
        this.prefix = prefix;
    }

    /** Whether a key is one of these. */
    static boolean covers(String name) {
        return name.equals(SECTION) || name.startsWith(SECTION + ".");
    }

    /** The keys that a token of that name can have, where they stand behind {@code prefix}. */
    static List<String> names(String prefix, String token) {
        return PARTS.stream().map(part -> prefix + token + "." + part).toList();
    }

    /** Takes what was said; of two that say the same key the later one holds. */
    void say(String place, String name, String text, List<String> problems) {
        if (name.equals(SECTION) && text.isBlank()) {
            return; // All that stands below it is commented out.
        }
        String path = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        int dot = path.indexOf('.');
        String token = dot < 0 ? path : path.substring(0, dot);
        String part = dot < 0 ? "" : path.substring(dot + 1);
        if (!NAME.matcher(token).matches()) {
            problems.add(place + ": " + name + ": \"" + token
                    + "\" is not a token's name; take letters, digits, - and _, at most 64");
        } else if (!PARTS.contains(part) && !part.startsWith(PUBLISHER + ".")) {
            problems.add(Said.noSuchSetting(place, name, names(prefix, token)));
        } else {
            tokens.computeIfAbsent(token, ignored -> new LinkedHashMap<>()).put(part, new Said(place, text.strip()));
        }
    }

    /** The tokens that were described whole. */
    List<Token> parse(List<String> problems) {
        List<Token> parsed = new ArrayList<>();
        tokens.forEach((name, said) -> {
            int before = problems.size();
            Optional<Token> token = token(name, said, problems);
            if (problems.size() == before) {
                token.ifPresent(parsed::add);
            }
        });
        return parsed;
    }

    private Optional<Token> token(String name, Map<String, Said> said, List<String> problems) {
        String key = prefix + name;
        Map<Permission, List<ProjectPattern>> allowed = new EnumMap<>(Permission.class);
        Map<String, String> publisher = new TreeMap<>();
        Optional<Instant> expires = Optional.empty();
        // Masked if it cannot be read: it may be the token itself, put in the wrong place.
        Optional<Digest> hash = Optional.ofNullable(said.get(HASH))
                .flatMap(text -> text.parse(key + "." + HASH, HASH_TYPE, true, problems));
        if (said.containsKey(EXPIRES)) {
            expires = said.get(EXPIRES).parse(key + "." + EXPIRES, EXPIRES_TYPE, false, problems);
        }
        int before = problems.size();
        for (Permission permission : Permission.values()) {
            String part = word(permission);
            Optional.ofNullable(said.get(part))
                    .flatMap(text -> text.parse(key + "." + part, PATTERNS_TYPE, false, problems))
                    .filter(patterns -> !patterns.isEmpty())
                    .ifPresent(patterns -> allowed.put(permission, patterns));
        }
        boolean permissionsAreReadable = problems.size() == before;
        said.forEach((part, text) -> {
            if (part.startsWith(PUBLISHER + ".")) {
                publisher.put(part.substring(PUBLISHER.length() + 1), text.text());
            }
        });
        String place = said.values().iterator().next().place() + ": " + key;
        if (!said.containsKey(HASH)) {
            problems.add(place + ": has no hash; \"token create " + name + "\" makes a token and prints its hash");
        }
        if (allowed.isEmpty() && permissionsAreReadable) {
            problems.add(place + ": may do nothing; name projects (or *) in " + key + ".read, .upload or .manage");
        }
        Principal principal =
                new Principal(name, allowed, publisher.isEmpty() ? Optional.empty() : Optional.of(publisher));
        Optional<Instant> until = expires;
        return hash.map(digest -> new Token(digest, principal, until));
    }

    /** Names and secrets that two of those tokens have in common, one line each. */
    static List<String> clashes(List<Token> tokens) {
        List<String> problems = new ArrayList<>();
        Map<String, Token> names = new HashMap<>();
        Map<Digest, Token> hashes = new HashMap<>();
        for (Token token : tokens) {
            String name = token.principal().name();
            if (names.put(name, token) != null) {
                problems.add("there are two tokens named " + name + "; rename one of them");
            } else {
                Token twin = hashes.put(token.hash(), token);
                if (twin != null) {
                    problems.add("the tokens " + twin.principal().name() + " and " + name
                            + " have the same hash; make a token of its own for each");
                }
            }
        }
        return problems;
    }

    /** What an operator should know about tokens that can be used. */
    static List<String> warnings(List<Token> tokens, Instant now) {
        return tokens.stream()
                .filter(token -> token.isExpired(now))
                .map(token -> "the token " + token.principal().name() + " expired at "
                        + token.expires().orElseThrow() + " and is refused")
                .toList();
    }

    /** Puts tokens down as they would be configured. */
    static void show(List<Token> tokens, YamlTree yaml) {
        for (Token token : tokens) {
            YamlTree shown = yaml.below("access", "tokens", token.principal().name());
            shown.put(HASH_TYPE.formatter().apply(token.hash()), HASH);
            for (Permission permission : Permission.values()) {
                List<ProjectPattern> patterns = token.principal().allowed().getOrDefault(permission, List.of());
                if (!patterns.isEmpty()) {
                    shown.put(PATTERNS_TYPE.formatter().apply(patterns), word(permission));
                }
            }
            token.expires()
                    .ifPresent(expiry -> shown.put(EXPIRES_TYPE.formatter().apply(expiry), EXPIRES));
            token.principal()
                    .publisher()
                    .ifPresent(publisher ->
                            new TreeMap<>(publisher).forEach((name, value) -> shown.put(value, PUBLISHER, name)));
        }
    }

    private static String word(Permission permission) {
        return permission.name().toLowerCase(Locale.ROOT);
    }
}
