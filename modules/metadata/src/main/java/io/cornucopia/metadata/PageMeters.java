package io.cornucopia.metadata;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What can be measured about pages. */
final class PageMeters {
    private final Map<Result, Counter> answers = new EnumMap<>(Result.class);
    private final Map<Source, Counter> refreshes = new EnumMap<>(Source.class);
    private final Counter stale;
    private final Counter incomplete;
    private final Counter refusedFiles;

    PageMeters(MeterRegistry registry, PageCache cache) {
        for (Result result : Result.values()) {
            answers.put(
                    result,
                    Counter.builder("cornucopia.pages")
                            .description("Questions for a project's page, by how they were answered")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        for (Source source : Source.values()) {
            refreshes.put(
                    source,
                    Counter.builder("cornucopia.pages.refreshes")
                            .description("Pages that were not here or had grown old, by who said what they are now")
                            .tag("source", source.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        stale = Counter.builder("cornucopia.pages.stale")
                .description("Pages served older than the TTL, since upstream failed or is slow")
                .register(registry);
        incomplete = Counter.builder("cornucopia.pages.incomplete")
                .description("Pages that are both ours and upstream's, served without upstream's files since it failed")
                .register(registry);
        refusedFiles = Counter.builder("cornucopia.pages.refused.files")
                .description("Files left out of pages, since their host is not among upstream.file_hosts")
                .register(registry);
        Gauge.builder("cornucopia.pages.memory.count", cache, PageCache::count)
                .description("Pages held in memory")
                .register(registry);
        Gauge.builder("cornucopia.pages.memory", cache, PageCache::weight)
                .description("Heap that the pages in memory take, estimated")
                .baseUnit("bytes")
                .register(registry);
    }

    void answered(Result result) {
        answers.get(result).increment();
        if (result == Result.STALE) {
            stale.increment();
        }
    }

    void refreshed(Source source) {
        refreshes.get(source).increment();
    }

    void incomplete() {
        incomplete.increment();
    }

    void refused(int files) {
        refusedFiles.increment(files);
    }

    /** Who said what a page is now. */
    enum Source {
        UPSTREAM,
        /** Another node, which had it. */
        PEER,
        /** What nodes share: that the copy that is here is right, or that there is no such project. */
        CLUSTER
    }

    /** How a question was answered. */
    enum Result {
        /** From what was uploaded here, alone. */
        OWN,
        HIT,
        REVALIDATED,
        CHANGED,
        STALE,
        NEGATIVE,
        FAILED
    }
}
