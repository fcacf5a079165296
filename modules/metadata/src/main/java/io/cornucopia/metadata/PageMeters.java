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
    private final Counter stale;
    private final Counter refusedFiles;
    private final Counter alone;

    PageMeters(MeterRegistry registry, PageCache cache) {
        for (Result result : Result.values()) {
            answers.put(
                    result,
                    Counter.builder("cornucopia.pages")
                            .description("Questions for a project's page, by how they were answered")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        stale = Counter.builder("cornucopia.pages.stale")
                .description("Pages served older than the TTL, since upstream failed or is slow")
                .register(registry);
        refusedFiles = Counter.builder("cornucopia.pages.refused.files")
                .description("Files left out of pages, since their host is not among upstream.file_hosts")
                .register(registry);
        alone = Counter.builder("cornucopia.pages.alone")
                .description("Pages that list our own files only, since upstream's were not to be had")
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

    void alone() {
        alone.increment();
    }

    void refused(int files) {
        refusedFiles.increment(files);
    }

    /** How a question was answered. */
    enum Result {
        HIT,
        REVALIDATED,
        CHANGED,
        STALE,
        NEGATIVE,
        FAILED
    }
}
