package io.cornucopia.image;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An image as one file, as {@code docker load} takes it. */
record ImageFile(Path file) {

    /** The one that this module has built. */
    static ImageFile built() {
        return new ImageFile(Path.of("target", "cornucopia-image.tar"));
    }

    /** Does something with an entry of a layer while it is being read. */
    interface Visitor {
        void visit(TarArchiveEntry entry, InputStream content) throws IOException;
    }

    /** What is found by that name in the file itself. */
    private byte[] member(String name) throws IOException {
        try (TarArchiveInputStream tar = open()) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().equals(name)) {
                    return tar.readAllBytes();
                }
            }
        }
        throw new AssertionError("there is no " + name + " in " + file);
    }

    private TarArchiveInputStream open() throws IOException {
        return new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)));
    }

    private JsonObject manifest() throws IOException {
        return new JsonArray(new String(member("manifest.json"), StandardCharsets.UTF_8)).getJsonObject(0);
    }

    /** The name that it is loaded under. */
    String name() throws IOException {
        return manifest().getJsonArray("RepoTags").getString(0);
    }

    /** What it says of itself. */
    JsonObject configuration() throws IOException {
        return new JsonObject(new String(member(manifest().getString("Config")), StandardCharsets.UTF_8));
    }

    /** Goes through all layers, from the lowest to the topmost. */
    void visit(Visitor visitor) throws IOException {
        for (Object layer : manifest().getJsonArray("Layers")) {
            try (TarArchiveInputStream tar = open()) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    if (entry.getName().equals(layer)) {
                        TarArchiveInputStream files = new TarArchiveInputStream(new GZIPInputStream(tar));
                        for (TarArchiveEntry each = files.getNextEntry(); each != null; each = files.getNextEntry()) {
                            visitor.visit(each, files);
                        }
                        break;
                    }
                }
            }
        }
    }

    /** Lays its files out. */
    void unpack(Path directory) throws IOException {
        visit((entry, content) -> {
            Path path = directory.resolve(entry.getName().replaceFirst("^/", ""));
            if (entry.isDirectory()) {
                Files.createDirectories(path);
            } else {
                Files.createDirectories(path.getParent());
                Files.copy(content, path);
            }
            Files.setPosixFilePermissions(path, permissions(entry.getMode()));
        });
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        List<PosixFilePermission> all = List.of(PosixFilePermission.values());
        for (int bit = 0; bit < all.size(); bit++) {
            if ((mode & 0400 >> bit) != 0) {
                permissions.add(all.get(bit));
            }
        }
        return permissions;
    }
}
