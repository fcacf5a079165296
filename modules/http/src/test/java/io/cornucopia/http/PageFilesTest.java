package io.cornucopia.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageFilesTest {
    private static final int LONG = PageFiles.MIN_LENGTH;

    @TempDir
    private Path directory;

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(PageBytes page) throws IOException {
        if (page instanceof PageBytes.InMemory memory) {
            return memory.buffer().getBytes();
        }
        FileChannel channel = ((PageBytes.InFile) page).channel();
        ByteBuffer read = ByteBuffer.allocate(page.length() + 1);
        while (channel.read(read, read.position()) > 0) {
            // Until the end.
        }
        return Arrays.copyOf(read.array(), read.position());
    }

    @Test
    void aLongPageLiesInAFileWithoutAName() throws IOException {
        PageFiles files = new PageFiles(directory, 2);
        for (int length : new int[] {0, LONG - 1, LONG, 10 * LONG}) {
            PageBytes page = files.keep(bytes(length));
            assertThat(page).isInstanceOf(length < LONG ? PageBytes.InMemory.class : PageBytes.InFile.class);
            assertThat(page.length()).isEqualTo(length);
            assertThat(read(page)).isEqualTo(bytes(length));
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void withoutRoomOrADirectoryItStaysInMemory() throws IOException {
        PageFiles one = new PageFiles(directory, 1);
        PageBytes first = one.keep(bytes(LONG));
        assertThat(one.keep(bytes(LONG))).isInstanceOf(PageBytes.InMemory.class);
        assertThat(read(first)).isEqualTo(bytes(LONG));

        PageFiles nowhere = new PageFiles(directory.resolve("missing"), 1);
        assertThat(read(nowhere.keep(bytes(LONG)))).isEqualTo(bytes(LONG));
        assertThat(nowhere.free()).isEqualTo(1);
    }

    @Test
    void aFileIsClosedOnceNobodyHoldsIt() throws IOException {
        PageFiles files = new PageFiles(directory, 2);
        PageBytes held = files.keep(bytes(LONG));
        files.keep(bytes(LONG));
        assertThat(open()).isEqualTo(2);
        Awaitility.await().until(() -> {
            System.gc();
            return files.free() == 1 && open() == 1;
        });
        assertThat(read(held)).isEqualTo(bytes(LONG));
    }

    /** How many files of that directory this process has open, though they have no name any more. */
    private long open() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(this::isOfDirectory).count();
        }
    }

    private boolean isOfDirectory(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory.toRealPath());
        } catch (IOException e) {
            // It is closed by now.
            return false;
        }
    }
}
