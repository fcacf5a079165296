package io.cornucopia.testkit;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What lies between the nodes of a cluster, and between them and everybody else. */
public interface Network extends AutoCloseable {
    /**
     * Makes ready for a node that is about to start.
     *
     * @param pid the id of its process, as soon as there is one
     */
    void expect(int node, NodePorts ports, Supplier<OptionalLong> pid);

    /** Where clients reach that node. */
    String clientHost(int node);

    /** What that node has to be told, beside its ports. */
    Map<String, String> settings(int node);

    /** Where the nodes reach that node. */
    String nodeHost(int node);

    /** What goes before the command of that node. */
    List<String> before(int node);

    /** Where upstream has to listen so that the nodes reach it. */
    String upstreamHost();

    /**
     * Nothing goes from the one to the other or back any more: no byte, and no word that it did not. Everybody else reaches
     * both.
     */
    void part(int one, int other);

    /** All is as it was in the beginning. */
    void heal();

    @Override
    void close();

    /** Nothing but loopback, which cannot be parted. */
    static Network loopback() {
        return new Loopback();
    }
}
