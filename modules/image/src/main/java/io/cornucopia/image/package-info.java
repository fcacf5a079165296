/**
 * The container image. There is no code in it but the jar of {@code server}; what is here describes how it is made, and the tests try
 * what came of it.
 */
package io.cornucopia.image;
