package io.cornucopia.testkit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A network for which nobody has to be root: each node listens on one address and is told to the others by another one, on which
 * a proxy stands before each of its ports. Whose connection it is, the system tells. What lies between two nodes can be cut,
 * so that each end is told, or stalled, so that neither is, for all their lines or for some.
 *
 * <p>Needs Linux: all of 127.0.0.0/8, and {@code /proc}.
 */
public final class FaultProxy implements Network {
    /** What nodes say to one another over ports of their own. */
    public enum Line {
        HAZELCAST,
        BUS,
        INTERNAL
    }

    private enum State {
        WHOLE,
        STALLED,
        CUT
    }

    /** What lies between two nodes, whichever of them began the connection. */
    private record Between(int lower, int higher, Line line) {
        static Between of(int one, int other, Line line) {
            return new Between(Math.min(one, other), Math.max(one, other), line);
        }
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Context loop = vertx.getOrCreateContext();
    private final NetClient client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(5_000));
    private final Map<Integer, Supplier<OptionalLong>> pids = new HashMap<>();
    // Of the loop alone.
    private final Map<Between, State> states = new HashMap<>();
    private final List<Wire> wires = new ArrayList<>();

    /** Why there can be none here; empty if there can. */
    public static String missing() {
        return Files.isReadable(Path.of("/proc/self/net/tcp"))
                ? ""
                : "a fault proxy needs Linux, to find out whose connection it is";
    }

    @Override
    public void expect(int node, NodePorts ports, Supplier<OptionalLong> pid) {
        synchronized (pids) {
            pids.put(node, pid);
        }
        for (Line line : Line.values()) {
            int port = ports.of(line);
            settled(onLoop(() -> vertx.createNetServer(
                            new NetServerOptions().setHost(nodeHost(node)).setPort(port))
                    .connectHandler(socket -> connected(socket, node, line, port))
                    .listen()));
        }
    }

    @Override
    public String clientHost(int node) {
        return Loopback.HOST;
    }

    @Override
    public Map<String, String> settings(int node) {
        return Map.of("cluster.bind_host", Loopback.HOST);
    }

    @Override
    public String nodeHost(int node) {
        return "127.0.1." + (node + 1);
    }

    @Override
    public List<String> before(int node) {
        return List.of();
    }

    @Override
    public String upstreamHost() {
        return Loopback.HOST;
    }

    @Override
    public void part(int one, int other) {
        stall(one, other);
    }

    /** Nothing goes through any more, and nobody is told. */
    public void stall(int one, int other, Line... lines) {
        change(one, other, State.STALLED, lines);
    }

    /** Connections break off, and new ones do so at once. */
    public void cut(int one, int other, Line... lines) {
        change(one, other, State.CUT, lines);
    }

    /** What goes between these two goes through again. */
    public void heal(int one, int other, Line... lines) {
        change(one, other, State.WHOLE, lines);
    }

    @Override
    public void heal() {
        settled(onLoop(() -> {
            states.clear();
            List.copyOf(wires).forEach(Wire::look);
            return Future.succeededFuture();
        }));
    }

    /** How many connections stand between two nodes, in either direction. */
    public int connections(int one, int other, Line line) {
        return settled(onLoop(() -> Future.succeededFuture((int) wires.stream()
                .filter(wire -> wire.between.equals(Between.of(one, other, line)))
                .count())));
    }

    @Override
    public void close() {
        settled(vertx.close());
    }

    private void change(int one, int other, State state, Line... lines) {
        Set<Line> which = lines.length == 0 ? EnumSet.allOf(Line.class) : EnumSet.copyOf(List.of(lines));
        settled(onLoop(() -> {
            which.forEach(line -> states.put(Between.of(one, other, line), state));
            List.copyOf(wires).forEach(Wire::look);
            return Future.succeededFuture();
        }));
    }

    private void connected(NetSocket socket, int to, Line line, int port) {
        socket.pause();
        // Whoever is no node, such as a test, is let through.
        OptionalInt from = whose(socket.remoteAddress().port(), port);
        Wire wire = new Wire(Between.of(from.orElse(-1), to, line), socket, port);
        wires.add(wire);
        wire.look();
    }

    private OptionalInt whose(int sourcePort, int port) {
        Map<Integer, Supplier<OptionalLong>> known;
        synchronized (pids) {
            known = Map.copyOf(pids);
        }
        for (Map.Entry<Integer, Supplier<OptionalLong>> node : known.entrySet()) {
            OptionalLong pid = node.getValue().get();
            if (pid.isPresent() && ProcessSockets.has(pid.getAsLong(), sourcePort, port)) {
                return OptionalInt.of(node.getKey());
            }
        }
        return OptionalInt.empty();
    }

    private <T> Future<T> onLoop(Supplier<Future<T>> what) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.runOnContext(now -> what.get().onComplete(result -> {
            if (result.succeeded()) {
                done.complete(result.result());
            } else {
                done.completeExceptionally(result.cause());
            }
        }));
        return Future.fromCompletionStage(done);
    }

    private static <T> T settled(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** One connection, with both of its halves. On the loop only. */
    private final class Wire {
        private final Between between;
        private final NetSocket near;
        private final int port;
        private NetSocket far;
        private boolean connecting;
        private boolean closed;

        Wire(Between between, NetSocket near, int port) {
            this.between = between;
            this.near = near;
            this.port = port;
            near.closeHandler(gone -> close());
        }

        void look() {
            switch (states.getOrDefault(between, State.WHOLE)) {
                case CUT -> close();
                case STALLED -> {
                    near.pause();
                    if (far != null) {
                        far.pause();
                    }
                }
                case WHOLE -> {
                    if (far != null) {
                        near.resume();
                        far.resume();
                    } else if (!connecting && !closed) {
                        connect();
                    }
                }
            }
        }

        private void connect() {
            connecting = true;
            client.connect(port, Loopback.HOST).onComplete(connected -> {
                if (connected.failed() || closed) {
                    connected.map(NetSocket::close);
                    close();
                    return;
                }
                far = connected.result();
                far.pause();
                far.closeHandler(gone -> close());
                pass(near, far);
                pass(far, near);
                look();
            });
        }

        private void pass(NetSocket from, NetSocket to) {
            from.exceptionHandler(broken -> close());
            from.handler(bytes -> {
                to.write(bytes);
                if (to.writeQueueFull()) {
                    from.pause();
                    to.drainHandler(drained -> look());
                }
            });
        }

        private void close() {
            if (!closed) {
                closed = true;
                wires.remove(this);
                near.close();
                if (far != null) {
                    far.close();
                }
            }
        }
    }
}
