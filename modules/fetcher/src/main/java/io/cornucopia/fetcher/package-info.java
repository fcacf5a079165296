/** The file fetcher verticle: bytes from upstream, verified, resumed, shared. */
package io.cornucopia.fetcher;
