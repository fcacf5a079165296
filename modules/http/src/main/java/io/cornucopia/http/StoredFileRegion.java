package io.cornucopia.http;

import io.cornucopia.storage.StoredFile;
import io.netty.channel.DefaultFileRegion;

/** Part of a file on its way to a socket; gives the file back once it is sent, or cannot be. */
final class StoredFileRegion extends DefaultFileRegion {
    private final StoredFile file;

    /** Takes over the caller's reference to {@code file}. */
    StoredFileRegion(StoredFile file, long from, long length) {
        super(file.channel(), from, length);
        this.file = file;
    }

    @Override
    protected void deallocate() {
        file.close();
    }
}
