package io.cornucopia.bus;

/** What travels back from an {@link Address}: exceptions of the event bus carry text only, this carries the failure itself. */
sealed interface Reply {
    record Answer(Object value) implements Reply {}

    record Refusal(Failure failure) implements Reply {}
}
