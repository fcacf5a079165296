/** How fast the packaged program is beside nginx and its peers on the same bytes: docs/benchmarks.md. */
package io.cornucopia.benchmarks;
