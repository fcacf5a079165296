package io.cornucopia.storage;

/**
 * A distribution file (or what lies beside one) that can be read: whole on disk, or still arriving.
 *
 * <p>Whoever gets a handle holds one reference to it and gives it back by {@link #close()}, once, from any thread.
 */
public sealed interface FileHandle extends AutoCloseable permits StoredFile, GrowingFile {
    /** The name it is asked for by, such as {@code six-1.17.0-py2.py3-none-any.whl.metadata}. */
    String filename();

    /** Gives the reference back; never fails. */
    @Override
    void close();
}
