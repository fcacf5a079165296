package io.cornucopia.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is here, as Hazelcast knows it. */
final class SharedMembers implements Members, MembershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(SharedMembers.class);
    private static final String LEAVING = "leaving";
    private static final String IN_FLIGHT = "in-flight";
    private static final String GREETING = "greeting";
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_WITH_GREETING = Duration.ofSeconds(3);

    private final HazelcastInstance hazelcast;
    private final Member self;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    // Ids of those who were here: a few bytes for each start of a process.
    private final Set<String> left = ConcurrentHashMap.newKeySet();
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private volatile List<Member> all;
    private volatile boolean ended;
    private volatile IntSupplier inFlight = () -> 0;
    private volatile Peers peers;

    SharedMembers(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
        this.self = member(hazelcast.getCluster().getLocalMember()).orElseThrow();
        this.all = List.of(self);
        hazelcast.getCluster().addMembershipListener(this);
        hazelcast.getLifecycleService().addLifecycleListener(this::lifecycle);
        look();
    }

    void answer(Peers peers) {
        this.peers = peers;
        peers.answer(LEAVING, this::goodbye);
        peers.answer(IN_FLIGHT, asked -> Future.succeededFuture(Integer.toString(inFlight.getAsInt())));
        peers.answer(GREETING, this::greeted);
    }

    /**
     * Speaks once with everybody, so that connections stand and addresses are known in both directions before somebody
     * waits for an answer. Never fails.
     */
    Future<Void> greet() {
        List<Future<String>> greeted = others().stream()
                .map(member -> peers.ask(member, GREETING, self.id(), PATIENCE_WITH_GREETING))
                .toList();
        return Future.join(greeted).transform(done -> Future.succeededFuture());
    }

    private Future<String> greeted(String id) {
        return find(id).map(member -> peers.ask(member, IN_FLIGHT, "", PATIENCE))
                .orElseGet(() -> Future.succeededFuture(""));
    }

    private Future<String> goodbye(String id) {
        find(id).ifPresent(member -> {
            leaving.add(id);
            look();
            tell(listener -> listener.left(member));
        });
        return Future.succeededFuture("");
    }

    @Override
    public Member self() {
        return self;
    }

    @Override
    public List<Member> all() {
        return all;
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void reportInFlight(IntSupplier inFlight) {
        this.inFlight = inFlight;
    }

    @Override
    public Future<Map<String, Integer>> inFlight() {
        Map<String, Integer> known = new ConcurrentHashMap<>();
        known.put(self.id(), inFlight.getAsInt());
        List<Future<String>> asked = others().stream()
                .map(member -> peers.ask(member, IN_FLIGHT, "", PATIENCE)
                        .onSuccess(answer -> known.put(member.id(), Integer.parseInt(answer))))
                .toList();
        return Future.join(asked).transform(done -> Future.succeededFuture(new HashMap<>(known)));
    }

    /** Whether that member was here and is gone. */
    boolean hasLeft(String id) {
        return left.contains(id);
    }

    /** Whether Hazelcast is no more: then this node is alone. */
    boolean isEnded() {
        return ended;
    }

    /** Tells the others that this node is about to leave. Never fails. */
    Future<Void> sayGoodbye() {
        List<Future<String>> told = others().stream()
                .map(member -> peers.ask(member, LEAVING, self.id(), PATIENCE))
                .toList();
        return Future.join(told).transform(done -> Future.succeededFuture());
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        member(event.getMember()).ifPresent(member -> {
            look();
            // An id belongs to one life of one process: who comes again was not dead but out of sight.
            boolean returned = left.remove(member.id());
            LOG.info("{} is here{}: {} members", member.address(), returned ? " again" : "", all.size());
            tell(listener -> listener.joined(member));
            if (returned) {
                tell(Listener::healed);
            }
        });
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        member(event.getMember()).ifPresent(member -> {
            left.add(member.id());
            Peers asked = peers;
            if (asked != null) {
                asked.forget(member);
            }
            boolean expected = leaving.remove(member.id());
            look();
            LOG.info("{} has left: {} members", member.address(), all.size());
            if (!expected) {
                tell(listener -> listener.left(member));
            }
        });
    }

    private void lifecycle(LifecycleEvent event) {
        switch (event.getState()) {
            case MERGED -> {
                LOG.warn("the network was parted and is whole again; this node has joined the larger part");
                look();
                tell(Listener::healed);
            }
            case SHUTDOWN -> {
                ended = true;
                all = List.of(self);
            }
            default -> {}
        }
    }

    private void look() {
        try {
            List<Member> found = new ArrayList<>();
            for (com.hazelcast.cluster.Member one : hazelcast.getCluster().getMembers()) {
                member(one).filter(member -> !leaving.contains(member.id())).ifPresent(found::add);
            }
            if (found.stream().noneMatch(Member::self)) {
                found.add(self);
            }
            all = List.copyOf(found);
        } catch (RuntimeException e) {
            LOG.debug("the members cannot be told in this moment", e);
        }
    }

    private void tell(Consumer<Listener> news) {
        for (Listener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                LOG.error("a listener to the members failed", e);
            }
        }
    }

    // By our own id: Hazelcast gives a member another one when it merges.
    private Optional<Member> member(com.hazelcast.cluster.Member one) {
        String id = one.getAttribute(HazelcastConfig.NODE_ID);
        // As its settings have it: Hazelcast knows the address alone where that is a name.
        String address = one.getAttribute(HazelcastConfig.ADDRESS);
        String internal = one.getAttribute(HazelcastConfig.INTERNAL);
        String version = one.getAttribute(HazelcastConfig.VERSION);
        if (id == null || address == null || internal == null || version == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Member(id, HostPort.parse(address), HostPort.parse(internal), version, one.localMember()));
    }
}
