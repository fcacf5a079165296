package io.cornucopia.core;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What an index knows about a project: its simple page, whatever it was written in.
 *
 * @param name the project
 * @param status its status
 * @param serial the index's serial of the project's last change ({@code _last-serial}), if it has one
 * @param versions its versions, unique, covering every file, in the index's order where it gave one (PEP 700)
 * @param files its files, in the index's order, no filename twice
 */
public record ProjectPage(
        ProjectName name,
        ProjectStatus status,
        OptionalLong serial,
        List<String> versions,
        List<DistributionFile> files) {

    public ProjectPage {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(serial, "serial");
        versions = List.copyOf(versions);
        files = List.copyOf(files);
    }

    /** The files that may be offered to clients: none of a quarantined project (PEP 792, section A6). */
    public List<DistributionFile> offeredFiles() {
        return status.marker() == ProjectStatus.Marker.QUARANTINED ? List.of() : files;
    }
}
