/** A fake upstream index with switchable faults, golden wheels and sdists, nodes as processes. */
package io.cornucopia.testkit;
