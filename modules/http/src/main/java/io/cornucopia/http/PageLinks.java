package io.cornucopia.http;

import io.cornucopia.core.DistributionFile;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.Links;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.UrlPath;

/** Where a page's files are to be had: here. Paths without a host, so that they hold behind any proxy. */
final class PageLinks implements Links {
    private final String basePath;
    private final ProjectName project;

    PageLinks(String basePath, ProjectName project) {
        this.basePath = basePath;
        this.project = project;
    }

    @Override
    public String file(DistributionFile file) {
        return basePath + "/packages/" + UrlPath.encodeSegment(file.filename());
    }

    @Override
    public String provenance(DistributionFile file) {
        // Only a part of the path: provenance is found by the filename.
        String version = DistributionFilename.parse(file.filename(), project)
                .map(name -> name.version().toString())
                .orElse("-");
        return basePath + "/integrity/" + project + '/' + UrlPath.encodeSegment(version) + '/'
                + UrlPath.encodeSegment(file.filename()) + "/provenance";
    }
}
