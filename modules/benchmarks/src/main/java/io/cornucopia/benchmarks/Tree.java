package io.cornucopia.benchmarks;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The files that upstream serves: pages as PyPI writes them, with random digests and real sizes, and packages. What is
 * there from an earlier run is taken as it is; the same call makes the same bytes.
 */
final class Tree {
    /** How many projects {@link #manyPages} has. */
    static final int MANY = 20_000;

    /** How many files there are to be fetched once each. */
    static final int COLD = 400;

    static final int COLD_BYTES = 100 << 20;

    private static final String SMALL = "bench-small";
    private static final int SMALL_FILES = 22;
    private static final int ROOT_NAMES = 900_000;

    private final Path home;

    Tree(Path home) {
        this.home = home;
    }

    /** Something to ask for. */
    record Item(String path, Kind kind) {
        enum Kind {
            PAGE,
            FILE,
            ROOT
        }
    }

    /** One file of a page. */
    private record Entry(String filename, String directory, long size, String sha256, String metadataSha256) {}

    Path home() {
        return home;
    }

    /** A page of about 15 kB, as it comes from us. */
    Item smallPage() {
        return page(SMALL, SMALL_FILES);
    }

    /** The files that the small page lists. */
    List<String> smallPageFilenames() {
        return entries(SMALL, SMALL_FILES).stream().map(Entry::filename).toList();
    }

    /** Makes upstream's list name the project of this page. */
    void listOfOne(Item page) {
        String project = page.path().split("/", -1)[2];
        write(
                home.resolve("simple/index.json"),
                out -> out.write(
                        text("{\"meta\":{\"api-version\":\"1.4\"},\"projects\":[{\"name\":\"" + project + "\"}]}")));
    }

    /** A page of about 2 MB and 3,000 files, as it comes from us. */
    Item largePage() {
        return page("bench-large", 3_000);
    }

    /** Pages of {@link #MANY} projects, {@code many-0} and so on, of about 8 kB each. */
    void manyPages() {
        for (int i = 0; i < MANY; i++) {
            page("many-" + i, 12);
        }
    }

    /** A list of 900,000 projects. */
    Item root() {
        Path root = home.resolve("big/simple/index.json");
        if (!Files.exists(root)) {
            write(root, out -> {
                Random random = new Random(6);
                out.write(text("{\"meta\":{\"api-version\":\"1.4\",\"_last-serial\":29000000},\"projects\":["));
                for (int i = 0; i < ROOT_NAMES; i++) {
                    out.write(text((i == 0 ? "" : ",") + "{\"_last-serial\":" + random.nextInt(29_000_000)
                            + ",\"name\":\"" + name(random, i) + "\"}"));
                }
                out.write(text("]}"));
            });
        }
        return new Item("/simple/", Item.Kind.ROOT);
    }

    /** A file of random bytes, listed on a page of its own. */
    Item file(String label, int bytes) {
        String project = "bench-" + label;
        String filename = project.replace('-', '_') + "-1.0-py3-none-any.whl";
        Path file = home.resolve("packages/" + filename);
        String sha256 = randomFile(file, bytes);
        writePage(project, List.of(new Entry(filename, "packages", bytes, sha256, "")));
        return new Item("/packages/" + filename, Item.Kind.FILE);
    }

    /** Many names for one file of 100 MiB, each of which a mirror has to fetch anew. {@code directory}: how fast. */
    List<Item> coldFiles(String directory) {
        Path one = home.resolve("cold.bin");
        String sha256 = randomFile(one, COLD_BYTES);
        List<Entry> entries = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        String project = "cold-" + directory;
        try {
            Files.createDirectories(home.resolve("packages"));
            for (int i = 0; i < COLD; i++) {
                String filename = "cold_" + directory + "-" + i + ".0-py3-none-any.whl";
                Path link = home.resolve("packages/" + filename);
                if (!Files.exists(link)) {
                    Files.createLink(link, one);
                }
                entries.add(new Entry(filename, directory, COLD_BYTES, sha256, ""));
                items.add(new Item("/packages/" + filename, Item.Kind.FILE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        writePage(project, entries);
        return items;
    }

    /** Lists real wheels, each on the page of its project among older releases, and gives all that is to be asked for. */
    List<Item> wheels(List<Path> wheels) {
        List<Item> items = new ArrayList<>();
        for (Path wheel : wheels) {
            String filename = wheel.getFileName().toString();
            String project = filename.substring(0, filename.indexOf('-'))
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[-_.]+", "-");
            try {
                byte[] bytes = Files.readAllBytes(wheel);
                byte[] metadata = metadata(wheel);
                write(home.resolve("packages/" + filename), out -> out.write(bytes));
                write(home.resolve("packages/" + filename + ".metadata"), out -> out.write(metadata));
                List<Entry> entries = entries(project, 120);
                entries.add(new Entry(filename, "packages", bytes.length, sha256(bytes), sha256(metadata)));
                writePage(project, entries);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            items.add(new Item("/simple/" + project + "/", Item.Kind.PAGE));
            items.add(new Item("/packages/" + filename + ".metadata", Item.Kind.FILE));
            items.add(new Item("/packages/" + filename, Item.Kind.FILE));
        }
        return items;
    }

    private Item page(String project, int files) {
        Path page = pagePath(project);
        if (!Files.exists(page)) {
            writePage(project, entries(project, files));
        }
        return new Item("/simple/" + project + "/", Item.Kind.PAGE);
    }

    private static List<Entry> entries(String project, int files) {
        Random random = new Random(project.hashCode());
        String escaped = project.replace('-', '_');
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            String filename = escaped + "-0.0." + i / 3 + "." + i % 3
                    + "-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64.whl";
            entries.add(new Entry(filename, "packages", 1000 + random.nextInt(9_000_000), hex(random), hex(random)));
        }
        return entries;
    }

    private void writePage(String project, List<Entry> entries) {
        write(pagePath(project), out -> writePage(out, project, entries));
    }

    /** A page with that many files, as upstream sends it. */
    static byte[] pageOf(String project, int files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writePage(out, project, entries(project, files));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static void writePage(OutputStream out, String project, List<Entry> entries) throws IOException {
        out.write(text("{\"meta\":{\"api-version\":\"1.4\",\"_last-serial\":29000000},\"name\":\"" + project
                + "\",\"versions\":["));
        List<String> versions = entries.stream()
                .map(entry -> entry.filename().split("-", -1)[1])
                .distinct()
                .toList();
        out.write(text("\"" + String.join("\",\"", versions) + "\"],\"files\":["));
        String separator = "";
        for (Entry entry : entries) {
            String metadata =
                    entry.metadataSha256().isEmpty() ? "false" : "{\"sha256\":\"" + entry.metadataSha256() + "\"}";
            String provenance = entry.metadataSha256().isEmpty()
                    ? "null"
                    : "\"../../integrity/" + entry.filename() + "/provenance\"";
            out.write(text(separator + "{\"core-metadata\":" + metadata + ",\"data-dist-info-metadata\":" + metadata
                    + ",\"filename\":\"" + entry.filename() + "\",\"hashes\":{\"sha256\":\"" + entry.sha256()
                    + "\"},\"provenance\":" + provenance + ",\"requires-python\":\">=3.8\",\"size\":" + entry.size()
                    + ",\"upload-time\":\"2025-03-17T09:41:02.123456Z\",\"url\":\"../../" + entry.directory() + "/"
                    + entry.filename() + "\",\"yanked\":false}"));
            separator = ",";
        }
        out.write(text("]}"));
    }

    private Path pagePath(String project) {
        return home.resolve("simple/" + project + "/index.json");
    }

    private static byte[] metadata(Path wheel) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(each -> each.getName().matches("[^/]+\\.dist-info/METADATA"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no METADATA in " + wheel));
            return zip.getInputStream(entry).readAllBytes();
        }
    }

    private static String randomFile(Path file, int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        if (!Files.exists(file)) {
            write(file, out -> out.write(content));
        }
        return sha256(content);
    }

    private static String name(Random random, int i) {
        StringBuilder name = new StringBuilder();
        for (int length = 4 + random.nextInt(14); name.length() < length; ) {
            name.append((char) ('a' + random.nextInt(26)));
        }
        return name.append('-').append(Integer.toString(i, 36)).toString();
    }

    private static String hex(Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a file. */
    private interface Content {
        void to(OutputStream out) throws IOException;
    }

    /** Under another name first, so that a run that is broken off leaves no half of a file. */
    private static void write(Path path, Content content) {
        try {
            Files.createDirectories(path.getParent());
            Path draft = path.resolveSibling(path.getFileName() + ".draft");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(draft), 1 << 16)) {
                content.to(out);
            }
            Files.move(draft, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
