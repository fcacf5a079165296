/** The program: command line, settings, wiring, shutdown. */
package io.cornucopia.server;
