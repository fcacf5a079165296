package io.cornucopia.bus;

/** News: any page may be no longer what it was. Whoever keeps something made from pages drops that. */
public record EverythingChanged() {}
