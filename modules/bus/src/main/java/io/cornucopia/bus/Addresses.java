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

    /**
     * An upload; served by the intake. Ends in {@link Failure.Invalid}, {@link Failure.Forbidden}, {@link Failure.Conflict},
     * {@link Failure.Quarantined} or {@link Failure.Internal}.
     */
    public static final Address<UploadQuery, UploadAnswer> UPLOAD = new Address<>("cornucopia.upload");

    /** A change to what was uploaded; served by the intake. Ends like {@link #UPLOAD}, and in {@link Failure.NotFound}. */
    public static final Address<ManageQuery, ManageAnswer> MANAGE = new Address<>("cornucopia.manage");

    /** The projects that are ours; served by the metadata cache. Ends in {@link Failure.Internal} only. */
    public static final Address<OwnProjectsQuery, OwnProjectsAnswer> OWN_PROJECTS =
            new Address<>("cornucopia.own-projects");

    /**
     * News of projects whose uploads changed: for the metadata cache, which has to know before anybody asks it for the
     * page again. Whoever publishes waits until it was heard, and only then publishes {@link #PROJECT_CHANGED}.
     */
    public static final Topic<ProjectChanged> UPLOADS_CHANGED = new Topic<>("cornucopia.uploads-changed");

    /** News of projects whose pages changed, for those who keep something made from them. */
    public static final Topic<ProjectChanged> PROJECT_CHANGED = new Topic<>("cornucopia.project-changed");

    private Addresses() {}
}
