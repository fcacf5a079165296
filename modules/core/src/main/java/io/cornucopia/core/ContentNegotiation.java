package io.cornucopia.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which representation of a simple page a client gets (sections B1 to B8). */
public final class ContentNegotiation {
    private static final String LATEST_JSON = "application/vnd.pypi.simple.latest+json";
    private static final String LATEST_HTML = "application/vnd.pypi.simple.latest+html";

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern QVALUE = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
    private static final String ANY = "*";

    private ContentNegotiation() {}

    /**
     * Chooses for a request, in time linear in what it sent.
     *
     * @param acceptLines the values of its {@code Accept} lines, none if it had none
     * @param format the value of {@code ?format=}, percent-decoded once, which overrides them: one media type, in which
     *     {@code +} may have become a space
     * @return the representation; empty if none is acceptable: 406
     */
    public static Optional<Representation> choose(List<String> acceptLines, Optional<String> format) {
        if (format.isPresent()) {
            return ofMediaType(format.get().replace(' ', '+').toLowerCase(Locale.ROOT));
        }
        List<Range> ranges = ranges(String.join(",", acceptLines));
        if (ranges.isEmpty()) {
            return Optional.of(Representation.TEXT_HTML);
        }
        List<Match> matches = new ArrayList<>();
        for (Representation offer : Representation.values()) {
            Match.best(offer, ranges).filter(match -> match.q() > 0).ifPresent(matches::add);
        }
        int highest = matches.stream().mapToInt(Match::q).max().orElse(0);
        List<Match> winners =
                matches.stream().filter(match -> match.q() == highest).toList();
        // In the order of preference, which is the order of the offers.
        return first(winners, match -> match.specificity() > Range.ANYTHING)
                .or(() -> first(winners, match -> match.offer() == Representation.TEXT_HTML))
                .or(() -> first(winners, match -> true));
    }

    /** What to say with a 406: the types that there are, one a line. */
    public static String acceptable() {
        StringBuilder text = new StringBuilder("Not acceptable. This page can be had as:\n");
        for (Representation offer : Representation.values()) {
            text.append(offer.mediaType()).append('\n');
        }
        return text.toString();
    }

    private static Optional<Representation> first(List<Match> matches, Predicate<Match> which) {
        return matches.stream().filter(which).findFirst().map(Match::offer);
    }

    private static Optional<Representation> ofMediaType(String lowerCase) {
        return switch (lowerCase) {
            case LATEST_JSON -> Optional.of(Representation.JSON);
            case LATEST_HTML -> Optional.of(Representation.HTML);
            default -> {
                for (Representation offer : Representation.values()) {
                    if (offer.mediaType().equals(lowerCase)) {
                        yield Optional.of(offer);
                    }
                }
                yield Optional.empty();
            }
        };
    }

    private static List<Range> ranges(String accept) {
        List<Range> ranges = new ArrayList<>();
        for (String element : split(accept, ',')) {
            Range.parse(element).ifPresent(ranges::add);
        }
        return ranges;
    }

    /** Splits at a separator that is not inside a quoted string. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /**
     * One element of {@code Accept}.
     *
     * @param q in thousandths
     */
    private record Range(String type, String subtype, int q) {
        static final int ANYTHING = 1;
        private static final int TYPE = 2;
        private static final int EXACT = 3;

        /** Reads an element; empty if it is malformed. Parameters other than q make no difference. */
        static Optional<Range> parse(String element) {
            List<String> parts = split(element, ';');
            String range = parts.get(0).strip().toLowerCase(Locale.ROOT);
            int slash = range.indexOf('/');
            if (slash < 0) {
                return Optional.empty();
            }
            String type = range.substring(0, slash);
            String subtype = range.substring(slash + 1);
            if (!TOKEN.matcher(type).matches()
                    || !TOKEN.matcher(subtype).matches()
                    || (type.equals(ANY) && !subtype.equals(ANY))) {
                return Optional.empty();
            }
            int q = 1000;
            for (String parameter : parts.subList(1, parts.size())) {
                int equals = parameter.indexOf('=');
                if (equals >= 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("q")) {
                    String value = parameter.substring(equals + 1).strip();
                    if (!QVALUE.matcher(value).matches()) {
                        return Optional.empty();
                    }
                    q = thousandths(value);
                }
            }
            return Optional.of(new Range(type, subtype, q));
        }

        private static int thousandths(String qvalue) {
            String digits = qvalue.replace(".", "");
            return Integer.parseInt(digits + "0".repeat(4 - digits.length()));
        }

        /** How specifically it matches an offer; 0 if not. */
        int specificity(Representation offer) {
            if (type.equals(ANY)) {
                return ANYTHING;
            }
            if (subtype.equals(ANY)) {
                return offer.mediaType().startsWith(type + "/") ? TYPE : 0;
            }
            return ofMediaType(type + "/" + subtype).filter(offer::equals).isPresent() ? EXACT : 0;
        }
    }

    /** What the most specific range that matches says about an offer; of equally specific ones the kindest. */
    private record Match(Representation offer, int specificity, int q) {
        static Optional<Match> best(Representation offer, List<Range> ranges) {
            Match best = new Match(offer, 0, 0);
            for (Range range : ranges) {
                int specificity = range.specificity(offer);
                if (specificity > best.specificity()
                        || (specificity == best.specificity() && specificity > 0 && range.q() > best.q())) {
                    best = new Match(offer, specificity, range.q());
                }
            }
            return best.specificity() == 0 ? Optional.empty() : Optional.of(best);
        }
    }
}
