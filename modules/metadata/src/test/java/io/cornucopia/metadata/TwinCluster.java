package io.cornucopia.metadata;

import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.PeerPageAnswer;
import io.cornucopia.bus.PeerPageQuery;
import io.cornucopia.cluster.Announcements;
import io.cornucopia.cluster.Cluster;
import io.cornucopia.cluster.Holders;
import io.cornucopia.cluster.HostPort;
import io.cornucopia.cluster.KnownNames;
import io.cornucopia.cluster.Leases;
import io.cornucopia.cluster.Member;
import io.cornucopia.cluster.Members;
import io.cornucopia.cluster.PageRevision;
import io.cornucopia.cluster.PageRevisions;
import io.cornucopia.cluster.PeerAnswer;
import io.cornucopia.cluster.PeerBody;
import io.cornucopia.cluster.PeerClient;
import io.cornucopia.cluster.PeerFailedException;
import io.cornucopia.core.ProjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** What several nodes in one process share, in plain maps, with faults that a test switches on. */
final class TwinCluster {
    private static final HostPort NOWHERE = new HostPort("localhost", 1);

    final Map<String, String> holders = new ConcurrentHashMap<>();
    final Map<String, PageRevision> revisions = new ConcurrentHashMap<>();
    final List<Part> parts = new CopyOnWriteArrayList<>();

    /** Nothing of what nodes share can be had. */
    volatile boolean ill;

    /** A node that is alone but for its leases. */
    static Cluster withLeases(Leases leases) {
        TwinCluster nobodyElse = new TwinCluster();
        Part part = nobodyElse.new Part("alone", null) {
            @Override
            public Leases leases() {
                return leases;
            }
        };
        nobodyElse.parts.add(part);
        return part;
    }

    /** A new node. */
    Part join(Vertx vertx) {
        Part part = new Part("node-" + parts.size(), vertx);
        parts.add(part);
        return part;
    }

    /** A node's part in it. */
    class Part implements Cluster {
        final String id;
        final Vertx vertx;
        final List<Announcements.Listener> listeners = new CopyOnWriteArrayList<>();
        final List<Members.Listener> memberListeners = new CopyOnWriteArrayList<>();
        final List<String> announced = new CopyOnWriteArrayList<>();

        /** It does not answer any more, and nobody has noticed yet. */
        volatile boolean frozen;

        /** It is no member any more. */
        volatile boolean gone;

        private volatile LongFunction<Future<Optional<KnownNames.Names>>> own =
                version -> Future.succeededFuture(Optional.of(new KnownNames.Names(0, Set.of())));
        private volatile Function<String, Future<Optional<PageRevision>>> underWay =
                project -> Future.succeededFuture(Optional.empty());

        Part(String id, Vertx vertx) {
            this.id = id;
            this.vertx = vertx;
        }

        private Member member(Part seenBy) {
            return new Member(id, NOWHERE, NOWHERE, "1", seenBy == this);
        }

        private List<Part> others() {
            return parts.stream().filter(part -> part != this && !part.gone).toList();
        }

        private Part part(Member member) {
            return parts.stream()
                    .filter(part -> part.id.equals(member.id()))
                    .findFirst()
                    .orElseThrow();
        }

        /** Everything comes a turn later, as from elsewhere. */
        private <T> Future<T> later(Future<T> future) {
            // A node that is alone in a test has no Vert.x here.
            Context context = vertx == null ? Vertx.currentContext() : vertx.getOrCreateContext();
            Promise<T> promise = Promise.promise();
            future.onComplete(done -> context.runOnContext(ignored -> promise.handle(done)));
            return promise.future();
        }

        @Override
        public Members members() {
            return new Members() {
                @Override
                public Member self() {
                    return member(Part.this);
                }

                @Override
                public List<Member> all() {
                    List<Member> all = new ArrayList<>();
                    all.add(self());
                    Part.this.others().forEach(part -> all.add(part.member(Part.this)));
                    return all;
                }

                @Override
                public void listen(Listener listener) {
                    memberListeners.add(listener);
                }

                @Override
                public void reportInFlight(IntSupplier inFlight) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Future<Map<String, Integer>> inFlight() {
                    throw new UnsupportedOperationException();
                }
            };
        }

        @Override
        public Leases leases() {
            return new Leases() {
                @Override
                public Future<Optional<Lease>> acquire(String key) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Future<Claim> claim(String key) {
                    if (ill) {
                        return later(Future.succeededFuture(new Claim.Granted(() -> {})));
                    }
                    String before = holders.putIfAbsent(key, id);
                    return later(
                            Future.succeededFuture(before == null ? granted(key) : new Claim.Held(before, before)));
                }

                @Override
                public Future<Claim> takeOver(String key, Claim.Held from) {
                    boolean mine = holders.replace(key, from.record(), id);
                    return mine ? later(Future.succeededFuture(granted(key))) : claim(key);
                }

                private Claim granted(String key) {
                    return new Claim.Granted(() -> holders.remove(key, id));
                }
            };
        }

        @Override
        public PageRevisions pages() {
            return new PageRevisions() {
                @Override
                public Future<Optional<PageRevision>> of(String project) {
                    return later(Future.succeededFuture(
                            ill ? Optional.empty() : Optional.ofNullable(revisions.get(project))));
                }

                @Override
                public Future<Void> tell(String project, PageRevision revision) {
                    if (!ill) {
                        revisions.put(project, revision);
                    }
                    return later(Future.succeededFuture());
                }

                @Override
                public void answer(Function<String, Future<Optional<PageRevision>>> answers) {
                    underWay = answers;
                }

                @Override
                public Future<Progress> progress(Member member, String project) {
                    Part asked = part(member);
                    if (asked.frozen || asked.gone) {
                        return later(Future.failedFuture("silent"));
                    }
                    Future<Optional<PageRevision>> question = asked.underWay.apply(project);
                    Promise<Progress> progress = Promise.promise();
                    question.onSuccess(told -> progress.tryComplete(new Progress(true, told)));
                    vertx.setTimer(20, fired -> {
                        if (asked.frozen) {
                            progress.tryFail("silent");
                        } else {
                            progress.tryComplete(new Progress(false, Optional.empty()));
                        }
                    });
                    return later(progress.future());
                }
            };
        }

        @Override
        public KnownNames known() {
            return new KnownNames() {
                @Override
                public void answer(LongFunction<Future<Optional<Names>>> answers) {
                    own = answers;
                }

                @Override
                public Future<Set<String>> ofOthers() {
                    List<Future<Optional<Names>>> told =
                            others().stream().map(part -> part.own.apply(-1)).toList();
                    return later(Future.join(told)
                            .map(all -> told.stream()
                                    .flatMap(names -> names.result().orElseThrow().names().stream())
                                    .collect(Collectors.toSet())));
                }
            };
        }

        @Override
        public Announcements announcements() {
            return new Announcements() {
                @Override
                public Future<Void> announce(Change change) {
                    announced.add(change.kind() + " " + change.project());
                    List<Future<Void>> told = new ArrayList<>();
                    for (Part part : parts) {
                        if (!part.gone && !part.frozen) {
                            part.listeners.forEach(listener -> told.add(listener.changed(change)));
                        }
                    }
                    return later(Future.join(told).mapEmpty());
                }

                @Override
                public void listen(Listener listener) {
                    listeners.add(listener);
                }

                @Override
                public boolean current() {
                    return true;
                }

                @Override
                public Future<Void> caughtUp() {
                    return Future.succeededFuture();
                }
            };
        }

        @Override
        public Holders holders() {
            return Holders.alone();
        }

        @Override
        public Optional<PeerClient> peers() {
            return Optional.of(new PeerClient() {
                @Override
                public Future<Optional<PeerAnswer>> file(Member member, ProjectName project, String name, long offset) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Future<Optional<PeerAnswer>> page(Member member, ProjectName project) {
                    Part asked = part(member);
                    if (asked.frozen || asked.gone) {
                        return later(Future.failedFuture(new PeerFailedException("silent", true)));
                    }
                    return later(Addresses.PEER_PAGE
                            .ask(asked.vertx, new PeerPageQuery(project))
                            .map(answer -> Optional.of(peerAnswer(answer)))
                            .otherwise(Optional.empty()));
                }
            });
        }

        @Override
        public Future<Void> leave() {
            gone = true;
            parts.forEach(part -> part.memberListeners.forEach(listener -> listener.left(member(part))));
            return Future.succeededFuture();
        }
    }

    /** What comes of that answer when it is sent. */
    static PeerAnswer peerAnswer(PeerPageAnswer answer) {
        try (var document = answer.document()) {
            ByteBuffer bytes = ByteBuffer.allocate((int) document.size());
            while (bytes.hasRemaining() && document.channel().read(bytes, bytes.position()) >= 0) {
                // Read on.
            }
            return new PeerAnswer(
                    0,
                    OptionalLong.of(document.size()),
                    Optional.empty(),
                    Optional.of(answer.revision()),
                    Optional.empty(),
                    new Body(Buffer.buffer(bytes.array())));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Comes in two pieces. */
    private static final class Body implements PeerBody {
        private final Buffer bytes;
        private Handler<Buffer> handler;
        private Handler<Void> endHandler;

        Body(Buffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public void discard() {
            handler = null;
        }

        @Override
        public PeerBody exceptionHandler(Handler<Throwable> handler) {
            return this;
        }

        @Override
        public PeerBody handler(Handler<Buffer> handler) {
            this.handler = handler;
            return this;
        }

        @Override
        public PeerBody pause() {
            return this;
        }

        @Override
        public PeerBody resume() {
            int middle = bytes.length() / 2;
            handler.handle(bytes.getBuffer(0, middle));
            handler.handle(bytes.getBuffer(middle, bytes.length()));
            endHandler.handle(null);
            return this;
        }

        @Override
        public PeerBody fetch(long amount) {
            return resume();
        }

        @Override
        public PeerBody endHandler(Handler<Void> endHandler) {
            this.endHandler = endHandler;
            return this;
        }
    }
}
