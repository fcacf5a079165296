package io.cornucopia.server;

import java.util.Locale;

/**
 * One setting.
 *
 * @param name dotted, such as {@code cache.metadata_ttl}: a contract with operators' scripts
 * @param type how it is written
 * @param defaultText what holds when nothing is said
 * @param secret whether it is masked wherever it is shown
 * @param meaning one line for people
 */
record Key<T>(String name, ValueType<T> type, String defaultText, boolean secret, String meaning) {
    static <T> Key<T> of(String name, ValueType<T> type, String defaultText, String meaning) {
        return new Key<>(name, type, defaultText, false, meaning);
    }

    static <T> Key<T> secret(String name, ValueType<T> type, String meaning) {
        return new Key<>(name, type, "", true, meaning);
    }

    /** The variable that sets it: {@code CORNUCOPIA_CACHE_METADATA_TTL}. */
    String variable() {
        return Keys.VARIABLE_PREFIX + name.replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
