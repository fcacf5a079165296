package io.cornucopia.access;

/** What a token may allow, for the projects that it names. */
public enum Permission {
    /** To see pages and files, where that is not open to everybody. */
    READ,
    /** To upload files. */
    UPLOAD,
    /** To yank, delete, archive and quarantine. */
    MANAGE
}
