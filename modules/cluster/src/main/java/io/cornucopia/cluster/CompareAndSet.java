package io.cornucopia.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One step on an entry, where the entry lives: if its value is the expected one, another takes its place, for a time. With
 * nothing expected it is put-if-absent, with nothing to put it is remove-if-mine. Answers what was there before.
 *
 * <p>Nodes of different versions run it on one another's entries: what is written here does not change; something new
 * gets a class of its own.
 */
final class CompareAndSet implements EntryProcessor<String, String, String>, IdentifiedDataSerializable {
    static final int FACTORY = 0x436f;
    private static final int CLASS = 1;

    private String expected;
    private String value;
    private long ttlMillis;

    private CompareAndSet() {}

    private CompareAndSet(String expected, String value, Duration ttl) {
        this.expected = expected;
        this.value = value;
        this.ttlMillis = ttl.toMillis();
    }

    static CompareAndSet putIfAbsent(String value, Duration ttl) {
        return new CompareAndSet(null, value, ttl);
    }

    static CompareAndSet replace(String expected, String value, Duration ttl) {
        return new CompareAndSet(Objects.requireNonNull(expected), value, ttl);
    }

    static CompareAndSet removeIf(String expected) {
        return new CompareAndSet(Objects.requireNonNull(expected), null, Duration.ZERO);
    }

    static IdentifiedDataSerializable ofClass(int id) {
        return switch (id) {
            case CLASS -> new CompareAndSet();
            case Increment.CLASS -> new Increment();
            default -> throw new IllegalArgumentException("class " + id + " of a newer version");
        };
    }

    @Override
    public String process(Map.Entry<String, String> entry) {
        String before = entry.getValue();
        if (Objects.equals(before, expected)) {
            ((ExtendedMapEntry<String, String>) entry).setValue(value, ttlMillis, TimeUnit.MILLISECONDS);
        }
        return before;
    }

    @Override
    public int getFactoryId() {
        return FACTORY;
    }

    @Override
    public int getClassId() {
        return CLASS;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(expected);
        out.writeString(value);
        out.writeLong(ttlMillis);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        expected = in.readString();
        value = in.readString();
        ttlMillis = in.readLong();
    }
}
