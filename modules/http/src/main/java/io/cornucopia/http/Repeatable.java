package io.cornucopia.http;

import io.cornucopia.storage.StoredFile;
import java.util.Optional;

/** What an answer was made of: for as long as that stays the same, so does the answer to the same request. */
@FunctionalInterface
interface Repeatable {
    /** What of the answer has to be had anew each time. */
    sealed interface Again {
        /** For how long it has not been confirmed, for {@code Age}; less than 0 if it is for ever. */
        long ageSeconds();

        /**
         * The page as it was.
         *
         * @param ageSeconds since it was confirmed
         * @param body what follows the head: nothing, if the client has it already
         */
        record Page(long ageSeconds, PageBytes body) implements Again {}

        /**
         * Part of a file, or all of it.
         *
         * @param file with a reference that whoever sends it gives back
         * @param from the first byte
         * @param length how many bytes; none, if the client has them already
         * @param ageSeconds since it was confirmed, or less than 0
         */
        record Bytes(StoredFile file, long from, long length, long ageSeconds) implements Again {}
    }

    /** Looks whether the answer holds, and gets what it needs; empty if it does not. Counts as one more hit. */
    Optional<Again> again();
}
