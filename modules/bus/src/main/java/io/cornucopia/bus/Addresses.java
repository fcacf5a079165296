package io.cornucopia.bus;

/** Every place on the bus. */
public final class Addresses {
    /** A project's page; served by the metadata cache. Ends in any {@link Failure} but a digest mismatch. */
    public static final Address<PageQuery, PageAnswer> PAGE = new Address<>("cornucopia.page");

    /** The root list; served by the metadata cache. */
    public static final Address<RootQuery, RootAnswer> ROOT = new Address<>("cornucopia.root");

    /** Which project lists a file; served by the metadata cache. Ends in any {@link Failure} but a digest mismatch. */
    public static final Address<ListedFileQuery, ListedFile> LISTED_FILE = new Address<>("cornucopia.listed-file");

    /** A file's bytes; served by the fetcher. Ends in any {@link Failure}. */
    public static final Address<FileQuery, FileAnswer> FILE = new Address<>("cornucopia.file");

    /** News of changed projects. */
    public static final Topic<ProjectChanged> PROJECT_CHANGED = new Topic<>("cornucopia.project-changed");

    private Addresses() {}
}
