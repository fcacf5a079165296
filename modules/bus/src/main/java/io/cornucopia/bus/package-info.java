/** What the verticles say to each other: every address, every message, every failure. */
package io.cornucopia.bus;
