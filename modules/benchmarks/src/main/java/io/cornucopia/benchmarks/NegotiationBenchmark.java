package io.cornucopia.benchmarks;

import io.cornucopia.core.ContentNegotiation;
import io.cornucopia.core.Representation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Choosing a representation by what clients send. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class NegotiationBenchmark {
    /** As pip, as uv, and as a browser asks. */
    @Param({
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    })
    public String accept;

    /** Without what the server remembers of earlier requests. */
    @Benchmark
    public Optional<Representation> choose() {
        return ContentNegotiation.choose(List.of(accept), Optional.empty());
    }
}
