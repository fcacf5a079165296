package io.cornucopia.benchmarks;

import java.util.List;

/** Every scenario there is, in the order of the table. */
final class Scenarios {
    private static final int KIB_100 = 100 << 10;
    private static final int MIB_10 = 10 << 20;

    private Scenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Throughput(
                        "page-json",
                        "project page, JSON with gzip, about 15 kB, 64 connections",
                        1.0,
                        64,
                        Tree::smallPage,
                        Throughput.Manner.WHOLE),
                new Throughput(
                        "page-304", "the same, 304 by ETag", 1.0, 64, Tree::smallPage, Throughput.Manner.IF_CHANGED),
                new Throughput(
                        "page-large",
                        "project page of 2 MB and 3,000 files, gzip, 64 connections",
                        1.0,
                        64,
                        Tree::largePage,
                        Throughput.Manner.WHOLE),
                new Throughput(
                        "root",
                        "root with 900,000 names, gzip, 16 connections",
                        0.95,
                        16,
                        Tree::root,
                        Throughput.Manner.WHOLE),
                new Throughput(
                        "file-100k",
                        "cached file 100 KiB, 64 connections",
                        0.95,
                        64,
                        tree -> tree.file("100k", KIB_100),
                        Throughput.Manner.WHOLE),
                new Throughput(
                        "file-10m",
                        "cached file 10 MiB, 16 connections",
                        0.95,
                        16,
                        tree -> tree.file("10m", MIB_10),
                        Throughput.Manner.WHOLE),
                new Throughput(
                        "file-range",
                        "1 MiB ranges of a cached file of 10 MiB, 16 connections",
                        0.95,
                        16,
                        tree -> tree.file("10m", MIB_10),
                        Throughput.Manner.RANGES),
                new Latency("latency-page", "p99 at half the saturating rate, page of 15 kB", Tree::smallPage),
                new Latency(
                        "latency-file",
                        "p99 at half the saturating rate, file of 100 KiB",
                        tree -> tree.file("100k", KIB_100)),
                new ColdFile(
                        "cold-file",
                        "cold file 100 MiB, one client, beside fetching from upstream directly",
                        1,
                        "packages",
                        ColdFile.Versus.UPSTREAM,
                        0.85),
                new ColdFile(
                        "cold-file-1gbit",
                        "the same with an upstream that sends 1 Gbit/s",
                        1,
                        "slow",
                        ColdFile.Versus.UPSTREAM,
                        0.85),
                new ColdFile(
                        "cold-crowd",
                        "64 clients, one cold 100 MiB file, beside 64 clients on nginx with it at hand",
                        64,
                        "packages",
                        ColdFile.Versus.NGINX,
                        0.7),
                new UvInstall("uv-install", "uv pip install of 91 packages, warm, client cache off", 0.95),
                new Peers("peers", "the page of 15 kB, beside the Python peers", 20),
                new IdleMemory("idle-memory", "resident memory of an idle node", 160),
                new SmallHeap("small-heap", "full load with -Xmx256m"),
                new StartUp("start", "from start to ready, beside an empty JVM program", 2_000),
                new ClusterNode("cluster-node", "start and memory of a node, with and without a cluster"),
                new PageCacheBound("page-cache", "20,000 projects asked for at random"),
                new IdleConnections("idle-connections", "page of 15 kB with 1,000 idle connections more", 0.97),
                new PureParts("jmh", "parts without I/O, by JMH"));
    }
}
