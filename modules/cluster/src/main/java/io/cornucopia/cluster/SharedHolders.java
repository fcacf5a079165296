package io.cornucopia.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who has a file: the others are asked. */
final class SharedHolders implements Holders {
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final String SUBJECT = "holding";
    private static final String NOTHING = "-";
    private static final Pattern RECEIVED = Pattern.compile("[0-9]{1,18}");

    private final Members members;
    private final Peers peers;
    private volatile Function<String, Future<Optional<Holding>>> lookUp =
            file -> Future.succeededFuture(Optional.empty());

    SharedHolders(Members members, Peers peers) {
        this.members = members;
        this.peers = peers;
        peers.answer(
                SUBJECT,
                file -> lookUp.apply(file)
                        .map(found -> found.map(SharedHolders::text).orElse(NOTHING)));
    }

    @Override
    public void answer(Function<String, Future<Optional<Holding>>> lookUp) {
        this.lookUp = lookUp;
    }

    @Override
    public Future<List<Holder>> of(String file) {
        List<Member> others = members.others();
        if (others.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Promise<List<Holder>> promise = Promise.promise();
        List<Holder> found = new ArrayList<>();
        AtomicInteger missing = new AtomicInteger(others.size());
        // All answers come on the caller's context, one after another.
        for (Member member : others) {
            peers.ask(member, SUBJECT, file, PATIENCE).onComplete(done -> {
                boolean last = missing.decrementAndGet() == 0;
                Optional<Holding> holding = done.succeeded() ? parse(done.result()) : Optional.empty();
                holding.ifPresent(held -> found.add(new Holder(member, held)));
                if (last || holding.filter(held -> held.state() == State.WHOLE).isPresent()) {
                    found.sort(Comparator.comparing(holder -> holder.holding().state()));
                    promise.tryComplete(List.copyOf(found));
                }
            });
        }
        return promise.future();
    }

    private static String text(Holding holding) {
        return holding.state().name() + " " + holding.sha256().orElse(NOTHING) + " " + holding.received();
    }

    private static Optional<Holding> parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length < 3 || !RECEIVED.matcher(parts[2]).matches()) {
            return Optional.empty();
        }
        Optional<String> sha256 = parts[1].equals(NOTHING) ? Optional.empty() : Optional.of(parts[1]);
        return Stream.of(State.values())
                .filter(state -> state.name().equals(parts[0]))
                .findFirst()
                .map(state -> new Holding(state, sha256, Long.parseLong(parts[2])));
    }
}
