/** Who may do what: tokens, permissions, failed attempts, and the record of what was done. */
package io.cornucopia.access;
