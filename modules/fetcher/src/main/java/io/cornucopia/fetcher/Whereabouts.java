package io.cornucopia.fetcher;

import io.cornucopia.storage.StoredFile;

/** Where a file is, once somebody has looked. */
sealed interface Whereabouts {
    /** Whole, here. */
    record OnDisk(StoredFile file) implements Whereabouts {}

    /** On its way here. */
    record Arriving(Arrival arrival) implements Whereabouts {}
}
