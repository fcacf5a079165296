package io.cornucopia.benchmarks;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.Links;
import io.cornucopia.core.MalformedPageException;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectPage;
import io.cornucopia.core.SimpleHtmlReader;
import io.cornucopia.core.SimpleHtmlWriter;
import io.cornucopia.core.SimpleJsonReader;
import io.cornucopia.core.SimpleJsonWriter;
import io.cornucopia.core.UrlPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading a page as upstream sends it, and writing it as clients get it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PageBenchmark {
    private static final URI URL = URI.create("https://index.example/simple/bench/");

    private static final Links LINKS = new Links() {
        @Override
        public String file(DistributionFile file) {
            return "/packages/" + UrlPath.encodeSegment(file.filename());
        }

        @Override
        public String provenance(DistributionFile file) {
            return "/integrity/" + UrlPath.encodeSegment(file.filename()) + "/provenance";
        }
    };

    /** How many files the page lists. */
    @Param({"22", "3000"})
    public int files;

    private ProjectName project;
    private byte[] json;
    private byte[] html;
    private ProjectPage page;

    /** Makes the page. */
    @Setup
    public void prepare() throws IOException, MalformedPageException {
        project = ProjectName.parse("bench").orElseThrow();
        json = Tree.pageOf("bench", files);
        page = readJson();
        html = SimpleHtmlWriter.write(page, LINKS);
        if (page.files().size() != files) {
            throw new IllegalStateException("a page of " + page.files().size() + " files");
        }
    }

    @Benchmark
    public ProjectPage readJson() throws IOException, MalformedPageException {
        return SimpleJsonReader.read(new ByteArrayInputStream(json), URL, project);
    }

    @Benchmark
    public ProjectPage readHtml() throws IOException, MalformedPageException {
        return SimpleHtmlReader.read(new ByteArrayInputStream(html), StandardCharsets.UTF_8, URL, project);
    }

    @Benchmark
    public byte[] writeJson() {
        return SimpleJsonWriter.write(page, LINKS);
    }

    @Benchmark
    public byte[] writeHtml() {
        return SimpleHtmlWriter.write(page, LINKS);
    }
}
