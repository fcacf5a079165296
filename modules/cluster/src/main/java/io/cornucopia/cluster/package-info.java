/** What nodes share. A single process gets the local twin of the same interfaces and starts no Hazelcast. */
package io.cornucopia.cluster;
