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

    /** Which nodes are one mirror with this one; served by the program. Ends in {@link Failure.Internal} only. */
    public static final Address<ClusterQuery, ClusterAnswer> CLUSTER = new Address<>("cornucopia.cluster");

    /**
     * A file for another node; served by the fetcher. Ends in {@link Failure.NotFound} if it is neither whole here nor arriving
     * from upstream, and in {@link Failure.Internal}.
     */
    public static final Address<PeerFileQuery, FileAnswer.Bytes> PEER_FILE = new Address<>("cornucopia.peer-file");

    /**
     * A page for another node; served by the metadata cache. Ends in {@link Failure.NotFound} if none is here, and in
     * {@link Failure.Internal}.
     */
    public static final Address<PeerPageQuery, PeerPageAnswer> PEER_PAGE = new Address<>("cornucopia.peer-page");

    /**
     * Tells every node that what was uploaded to a project changed; served by the metadata cache. Answered, with nothing,
     * when on each of them all have heard it who listen to {@link #UPLOADS_CHANGED} and then {@link #PROJECT_CHANGED}, or it is
     * no part of the cluster any more, or knows that it was asleep before it serves anything again. Never fails.
     */
    public static final Address<ProjectChanged, Void> ANNOUNCE = new Address<>("cornucopia.announce");

    /**
     * News of projects whose uploads changed: for the metadata cache, which has to know before anybody asks it for the
     * page again. Whoever publishes waits until it was heard, and only then publishes {@link #PROJECT_CHANGED}. Published on
     * each node by what comes to {@link #ANNOUNCE} on any.
     */
    public static final Topic<ProjectChanged> UPLOADS_CHANGED = new Topic<>("cornucopia.uploads-changed");

    /** News of projects whose pages changed, for those who keep something made from them. */
    public static final Topic<ProjectChanged> PROJECT_CHANGED = new Topic<>("cornucopia.project-changed");

    /** News that there were news which this node may have missed: whoever keeps something made from pages drops all of it. */
    public static final Topic<EverythingChanged> EVERYTHING_CHANGED = new Topic<>("cornucopia.everything-changed");

    private Addresses() {}
}
