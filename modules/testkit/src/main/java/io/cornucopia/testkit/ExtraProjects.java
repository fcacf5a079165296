package io.cornucopia.testkit;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes up any number of entries of a root page while it is sent: all are equally long, so each can be had alone. */
final class ExtraProjects {

    private ExtraProjects() {}

    static String name(int number) {
        return String.format(Locale.ROOT, "extra-%07d", number);
    }

    /** The head, {@code count} entries with a separator between them, the tail. */
    static Content between(
            String head, String firstSeparator, String template, String separator, String tail, int count) {
        if (count == 0) {
            return Content.ofText(head + tail);
        }
        String first = template.replace("%s", name(0));
        byte[] entry = (separator + first).getBytes(StandardCharsets.US_ASCII);
        List<Integer> nameEnds = Pattern.compile(name(0))
                .matcher(separator + first)
                .results()
                .map(MatchResult::end)
                .toList();
        Content others = Content.generated((long) entry.length * (count - 1), (offset, length) -> {
            byte[] bytes = new byte[length];
            int at = 0;
            while (at < length) {
                int number = (int) ((offset + at) / entry.length) + 1;
                int within = (int) ((offset + at) % entry.length);
                int some = Math.min(length - at, entry.length - within);
                System.arraycopy(numbered(entry, nameEnds, number), within, bytes, at, some);
                at += some;
            }
            return Buffer.buffer(bytes);
        });
        return Content.concat(List.of(Content.ofText(head + firstSeparator + first), others, Content.ofText(tail)));
    }

    private static byte[] numbered(byte[] entry, List<Integer> nameEnds, int number) {
        byte[] one = entry.clone();
        for (int end : nameEnds) {
            int digit = end;
            for (int left = number; left > 0; left /= 10) {
                digit--;
                one[digit] = (byte) ('0' + left % 10);
            }
        }
        return one;
    }
}
