/** The metadata cache verticle: project pages and the root list from upstream and from the cache. */
package io.cornucopia.metadata;
