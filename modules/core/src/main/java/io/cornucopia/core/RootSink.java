package io.cornucopia.core;

import java.util.OptionalLong;

/** Takes the projects of an index one by one while its list is read. */
@FunctionalInterface
public interface RootSink {
    /**
     * Takes one project. The same may come several times.
     *
     * @param name its name as it was given: valid, not necessarily normalised
     * @param serial the serial of its last change, if the index said
     */
    void project(String name, OptionalLong serial);
}
