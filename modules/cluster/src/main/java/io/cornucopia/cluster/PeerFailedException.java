package io.cornucopia.cluster;

/** Another node could not be asked, or did not answer to the end. One does without it. Has no stack trace. */
public final class PeerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean silent;

    /**
     * @param message names the node and what was wrong
     * @param silent whether it showed no sign of life
     */
    public PeerFailedException(String message, boolean silent) {
        super(message, null, false, false);
        this.silent = silent;
    }

    /** Whether it showed no sign of life: it is of no use to ask it again soon. */
    public boolean isSilent() {
        return silent;
    }
}
