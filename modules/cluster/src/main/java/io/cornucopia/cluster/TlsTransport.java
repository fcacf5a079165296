package io.cornucopia.cluster;

import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.cluster.Joiner;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerContext;
import com.hazelcast.nio.MemberSocketInterceptor;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts TLS under every connection of Hazelcast. Its own needs the Enterprise edition; what that edition hooks into is part
 * of the open one: a node's extension may take hold of a socket before a byte of Hazelcast's protocols
 * is read, and lay its own handlers around theirs. A connection without the secret ends in the handshake.
 */
final class TlsTransport extends DefaultNodeContext {
    // A peer that accepts a connection and then says nothing, being frozen, must not hold up a start for long.
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    // Each takes one of the sixteen threads by which Hazelcast connects, too; strangers may not have them all.
    private static final int HANDSHAKES_AT_ONCE = 8;
    private static final Logger LOG = LoggerFactory.getLogger(TlsTransport.class);

    private final ClusterTls tls;
    private final Function<Node, Joiner> joiner;
    private final Semaphore accepting = new Semaphore(HANDSHAKES_AT_ONCE);
    // Of those who were looked for at addresses that the settings name, so there are few; each is told of once.
    private final Set<SocketAddress> met = ConcurrentHashMap.newKeySet();
    // From the end of a handshake until the channel is made, which is at once.
    private final Map<Socket, SSLEngine> shaken = Collections.synchronizedMap(new WeakHashMap<>());

    TlsTransport(ClusterTls tls, Function<Node, Joiner> joiner) {
        this.tls = tls;
        this.joiner = joiner;
    }

    @Override
    public NodeExtension createNodeExtension(Node node) {
        return new Extension(node);
    }

    @Override
    public Joiner createJoiner(Node node) {
        return joiner.apply(node);
    }

    private final class Extension extends DefaultNodeExtension {
        Extension(Node node) {
            super(node);
        }

        @Override
        public MemberSocketInterceptor getSocketInterceptor(EndpointQualifier qualifier) {
            return new Handshakes();
        }

        @Override
        public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(ServerContext context) {
            Function<EndpointQualifier, ChannelInitializer> plain = super.createChannelInitializerFn(context);
            return qualifier -> new Enclosed(plain.apply(qualifier));
        }
    }

    private final class Handshakes implements MemberSocketInterceptor {
        @Override
        public void init(Properties properties) {
            // Nothing: the secret came another way.
        }

        @Override
        public void onAccept(Socket socket) throws IOException {
            if (!accepting.tryAcquire()) {
                throw new IOException("too many handshakes at once");
            }
            try {
                shake(socket, false);
            } finally {
                accepting.release();
            }
        }

        @Override
        public void onConnect(Socket socket) throws IOException {
            shake(socket, true);
        }

        private void shake(Socket socket, boolean client) throws IOException {
            SSLEngine engine = tls.engine(client);
            try {
                TlsHandshake.run(engine, socket, PATIENCE);
            } catch (IOException e) {
                if (client && e instanceof SSLException && met.add(socket.getRemoteSocketAddress())) {
                    LOG.warn(
                            "{} is no node of this cluster: its cluster.secret or its cluster.name is not that of this"
                                    + " node ({})",
                            socket.getRemoteSocketAddress(),
                            e.getMessage());
                }
                String what = e instanceof SSLException ? "is no node of this cluster" : "was gone before it was known";
                throw new Stranger(socket.getRemoteSocketAddress() + " " + what + ": " + e.getMessage());
            }
            shaken.put(socket, engine);
        }
    }

    /** Without a stack trace: Hazelcast writes it into the log, for each time that somebody knocks. */
    private static final class Stranger extends IOException {
        private static final long serialVersionUID = 1;

        Stranger(String message) {
            super(message);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final class Enclosed implements ChannelInitializer {
        private final ChannelInitializer plain;

        Enclosed(ChannelInitializer plain) {
            this.plain = plain;
        }

        @Override
        public void initChannel(Channel channel) throws Exception {
            SSLEngine engine = shaken.remove(channel.socket());
            if (engine == null) {
                throw new IOException("a connection that saw no handshake");
            }
            channel.inboundPipeline().addLast(new TlsInbound(engine));
            plain.initChannel(channel);
            channel.outboundPipeline().addLast(new TlsOutbound(engine));
        }
    }
}
