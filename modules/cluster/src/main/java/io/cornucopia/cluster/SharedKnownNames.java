package io.cornucopia.cluster;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** The names of the others, as they said them last. */
final class SharedKnownNames implements KnownNames {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String SUBJECT = "known";
    private static final String SAME = "same";
    private static final long NONE = -1;

    private final Members members;
    private final Peers peers;
    private final Map<String, Names> said = new ConcurrentHashMap<>();
    private volatile LongFunction<Future<Optional<Names>>> own = version -> Future.succeededFuture(Optional.empty());

    SharedKnownNames(Members members, Peers peers) {
        this.members = members;
        this.peers = peers;
        peers.answer(
                SUBJECT,
                version -> own.apply(Long.parseLong(version))
                        .map(names -> names.map(SharedKnownNames::text).orElse(SAME)));
    }

    @Override
    public void answer(LongFunction<Future<Optional<Names>>> own) {
        this.own = own;
    }

    @Override
    public Future<Set<String>> ofOthers() {
        List<Member> others = members.others();
        said.keySet().retainAll(others.stream().map(Member::id).collect(Collectors.toSet()));
        List<Future<Void>> asked = others.stream().map(this::ask).toList();
        return Future.join(asked).transform(done -> {
            Set<String> all = new HashSet<>();
            said.values().forEach(names -> all.addAll(names.names()));
            return Future.succeededFuture(all);
        });
    }

    private Future<Void> ask(Member member) {
        Names before = said.get(member.id());
        return peers.ask(member, SUBJECT, Long.toString(before == null ? NONE : before.version()), PATIENCE)
                .map(answer -> {
                    if (!answer.equals(SAME)) {
                        said.put(member.id(), parse(answer));
                    }
                    return null;
                });
    }

    private static String text(Names names) {
        return names.version() + " " + String.join(" ", names.names());
    }

    private static Names parse(String text) {
        int space = text.indexOf(' ');
        String names = text.substring(space + 1);
        return new Names(
                Long.parseLong(text.substring(0, space)), names.isEmpty() ? Set.of() : Set.of(names.split(" ", -1)));
    }
}
