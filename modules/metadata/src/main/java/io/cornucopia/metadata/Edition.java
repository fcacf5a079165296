package io.cornucopia.metadata;

import io.cornucopia.core.ProjectPage;

/**
 * A page as it is handed out.
 *
 * @param revision changes whenever the page does, and is equal on every node for the same content
 */
record Edition(ProjectPage page, String revision) {}
