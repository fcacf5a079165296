package io.cornucopia.storage;

import java.io.IOException;

/** Makes stages in the directory of uploads, if that is the one that it was. Thread-safe; everything blocks. */
final class DirectoryStages {
    private final DirectoryPaths paths;
    private final DurableDirectories directories;
    private final StoreInPlace inPlace;

    DirectoryStages(DirectoryPaths paths, DurableDirectories directories, StoreInPlace inPlace) {
        this.paths = paths;
        this.directories = directories;
        this.inPlace = inPlace;
    }

    /** A new stage. */
    Stage begin() throws IOException {
        inPlace.check();
        directories.make(paths.incoming());
        return Stage.begin(paths.incoming());
    }
}
