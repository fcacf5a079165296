package io.cornucopia.metadata;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.ProjectPage;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves out of pages the files that could not be fetched anyway, since their host is not allowed. Any thread. */
final class FileHosts {
    private static final Logger LOG = LoggerFactory.getLogger(FileHosts.class);
    /** Hosts that are told about; a page full of made-up hosts must not fill log and heap. */
    private static final int MAX_TOLD = 1_000;

    private final Predicate<URI> allowed;
    private final Duration ttl;
    private final InstantSource clock;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    FileHosts(Predicate<URI> allowed, Duration ttl, InstantSource clock) {
        this.allowed = allowed;
        this.ttl = ttl;
        this.clock = clock;
    }

    /** What is left of {@code page}. */
    Sifted sift(ProjectPage page) {
        List<DistributionFile> kept = new ArrayList<>(page.files().size());
        Map<String, String> refused = new HashMap<>();
        // A page has many files and few hosts.
        Map<String, Boolean> known = new HashMap<>();
        for (DistributionFile file : page.files()) {
            Optional<URI> url = uri(file.url());
            String host = url.map(FileHosts::place).orElse("(not a URL)");
            boolean fine = url.isPresent() && known.computeIfAbsent(host, any -> allowed.test(url.get()));
            if (fine) {
                kept.add(file);
            } else if (refused.size() < 8) {
                refused.putIfAbsent(host, file.url());
            }
        }
        int left = page.files().size() - kept.size();
        if (left == 0) {
            return new Sifted(page, 0, List.of());
        }
        refused.keySet().forEach(host -> tell(page, host));
        ProjectPage rest = new ProjectPage(page.name(), page.status(), page.serial(), page.versions(), kept);
        return new Sifted(rest, left, List.copyOf(refused.values()));
    }

    /**
     * A page from the disk that was made when fewer hosts were allowed counts as old and has no validators: upstream
     * would say "not changed", and its files would stay away although the operator has let their host in.
     */
    CachedPage recheck(CachedPage page) {
        return misses(page)
                ? page.confirmed(page.validators().forgotten(clock.instant().minus(ttl)))
                : page;
    }

    /** Whether it was made, here or on another node, when fewer hosts were allowed, and lacks files that can be had now. */
    boolean misses(CachedPage page) {
        return page.validators().refused().stream()
                .flatMap(url -> uri(url).stream())
                .anyMatch(allowed);
    }

    private void tell(ProjectPage page, String host) {
        if (told.size() < MAX_TOLD && told.add(host)) {
            LOG.warn(
                    "files of {} at {} are left out: only upstream's own host and those in upstream.file_hosts are asked;"
                            + " add it there if it is to be trusted (said once for each host)",
                    page.name(),
                    host);
        }
    }

    private static String place(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    private static Optional<URI> uri(String url) {
        try {
            return Optional.of(URI.create(url));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * A page without the files that cannot be fetched.
     *
     * @param left how many were left out
     * @param refused one URL for each host that was refused
     */
    record Sifted(ProjectPage page, int left, List<String> refused) {}
}
