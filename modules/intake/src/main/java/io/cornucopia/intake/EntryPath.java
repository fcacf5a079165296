package io.cornucopia.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Names of entries in archives, which unpackers turn into paths. */
final class EntryPath {
    private static final int MAX_LENGTH = 4_096;

    private EntryPath() {}

    /**
     * The name, if it stays where it is unpacked on every system.
     *
     * @throws BadArchiveException if it is empty or absolute, has {@code ..}, a backslash or a control character in it, or
     *     is too long
     */
    static String checked(String name) throws BadArchiveException {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new BadArchiveException("an entry's name is empty or longer than " + MAX_LENGTH + " characters");
        }
        boolean drive = name.length() > 1 && name.charAt(1) == ':' && isLetter(name.charAt(0));
        if (name.charAt(0) == '/' || drive) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " has an absolute path");
        }
        if (name.indexOf('\\') >= 0 || name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new BadArchiveException(
                    "the name of the entry " + Quoted.text(name) + " has a backslash or a control character in it");
        }
        if (("/" + name + "/").contains("/../")) {
            throw new BadArchiveException("the entry " + Quoted.text(name) + " leads out of the archive");
        }
        return name;
    }

    /**
     * The same of a name as it stands in a zip file.
     *
     * @param isUtf8 whether the file says so; else it is of some code page, and only what is ASCII in all of them matters
     *     here
     */
    static String checked(byte[] raw, boolean isUtf8) throws BadArchiveException {
        try {
            return checked((isUtf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new BadArchiveException("the name of an entry is not UTF-8", e);
        }
    }

    /** What comes before the first slash: the whole name if there is none. */
    static String top(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    /**
     * Where a link leads, as a path from the top of the archive without {@code .} and {@code ..}.
     *
     * @param directory the directory that {@code target} starts from, empty for the top
     * @return the path, or empty if it leads out of the archive
     */
    static Optional<String> resolve(String directory, String target) {
        if (target.isEmpty() || target.charAt(0) == '/' || target.indexOf('\\') >= 0 || target.indexOf(0) >= 0) {
            return Optional.empty();
        }
        Deque<String> path = new ArrayDeque<>();
        for (String step : (directory + "/" + target).split("/", -1)) {
            if (step.equals("..")) {
                if (path.isEmpty()) {
                    return Optional.empty();
                }
                path.removeLast();
            } else if (!step.isEmpty() && !step.equals(".")) {
                path.addLast(step);
            }
        }
        return Optional.of(String.join("/", path));
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
