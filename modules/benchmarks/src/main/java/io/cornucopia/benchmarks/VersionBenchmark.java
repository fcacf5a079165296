package io.cornucopia.benchmarks;

import io.cornucopia.core.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** PEP 440: reading a version, and bringing a thousand of them into order. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VersionBenchmark {
    private static final int COUNT = 1_000;

    private List<Version> shuffled;

    /** Makes a thousand versions of a project that releases often, in no order. */
    @Setup
    public void prepare() {
        Random random = new Random(440);
        String[] tails = {"", "", "", "", "a1", "b2", "rc3", ".post1", ".dev20250101", "+local.7"};
        List<Version> versions = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            String raw = random.nextInt(4) + "." + random.nextInt(30) + "." + random.nextInt(100)
                    + tails[random.nextInt(tails.length)];
            versions.add(Version.parse(raw).orElseThrow());
        }
        Collections.shuffle(versions, random);
        shuffled = versions;
    }

    /** As most are. */
    @Benchmark
    public Optional<Version> parsePlain() {
        return Version.parse("2.32.4");
    }

    /** With everything that there can be. */
    @Benchmark
    public Optional<Version> parseFull() {
        return Version.parse("v1!2024.11.0rc3.post12.dev20241125+Ubuntu-22.04_amd64");
    }

    /** What sorting a page takes. */
    @Benchmark
    public List<Version> sortThousand() {
        List<Version> copy = new ArrayList<>(shuffled);
        Collections.sort(copy);
        return copy;
    }
}
