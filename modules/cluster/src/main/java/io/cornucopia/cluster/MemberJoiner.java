package io.cornucopia.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.cluster.impl.TcpIpJoiner;
import com.hazelcast.internal.server.ServerConnectionManager;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks for other nodes where the settings say, again each time that it is asked: now to join, later for those that a
 * broken network has parted from this one. When it has found none for as long as it may look, this node begins alone.
 */
final class MemberJoiner extends TcpIpJoiner {
    private static final long LOOK_AGAIN_MILLIS = 250;

    private final ClusterSettings settings;
    private final Lookup lookup;

    MemberJoiner(Node node, ClusterSettings settings, Lookup lookup) {
        super(node);
        this.settings = settings;
        this.lookup = lookup;
    }

    /** Which addresses a name has. */
    interface Lookup {
        InetAddress[] of(String name) throws UnknownHostException;
    }

    @Override
    public void doJoin() {
        if (getTargetAddress() == null) {
            awaitAnybody();
        }
        super.doJoin();
        // Whoever starts the node says so.
        if (!clusterService.isJoined() && node.isRunning()) {
            clusterJoinManager.setThisMemberAsMaster();
        }
    }

    /**
     * Waits until somebody is found. Hazelcast begins alone as soon as every address it knows has failed once: nodes that start
     * together would do so each for itself while names still spread in DNS, and be one cluster only after a merge.
     */
    private void awaitAnybody() {
        ServerConnectionManager connections = node.getServer().getConnectionManager(EndpointQualifier.MEMBER);
        long deadline = System.nanoTime() + settings.joinTimeout().toNanos();
        while (shouldRetry() && System.nanoTime() < deadline) {
            Collection<Address> possible = getPossibleAddresses();
            if (possible.isEmpty() && settings.dns().isEmpty()) {
                break;
            }
            boolean found = false;
            for (Address address : possible) {
                found |= connections.getOrConnect(address, true) != null;
            }
            if (found) {
                break;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        // Those that did not answer a moment ago may do so now.
        blacklistedAddresses.clear();
    }

    @Override
    protected Collection<Address> getPossibleAddresses() {
        // With what was known of earlier members, if there was any.
        Set<Address> possible = new HashSet<>(super.getPossibleAddresses());
        settings.dns().ifPresent(dns -> {
            try {
                for (InetAddress address : lookup.of(dns)) {
                    possible.add(new Address(address, settings.port()));
                }
            } catch (UnknownHostException e) {
                logger.fine("cluster.dns: no address has the name '" + dns + "' (yet)");
            }
        });
        possible.remove(node.getThisAddress());
        return possible;
    }
}
