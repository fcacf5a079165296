/** Asking upstream: which hosts, with which credentials, how often again; nothing it says is trusted. */
package io.cornucopia.upstream;
