/**
 * The language of a package index: project names, filenames, versions, digests, simple pages, and how they are read and
 * written. Immutable records, no I/O, no Vert.x; everything here may be called from any thread.
 */
package io.cornucopia.core;
