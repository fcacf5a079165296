package io.cornucopia.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.Map;

/** Counts an entry up, where it lives, and answers what it is then. Like {@link CompareAndSet} it does not change. */
final class Increment implements EntryProcessor<String, String, String>, IdentifiedDataSerializable {
    static final int CLASS = 2;

    static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public String process(Map.Entry<String, String> entry) {
        String before = entry.getValue();
        String after = Long.toString(before == null ? 1 : parse(before) + 1);
        entry.setValue(after);
        return after;
    }

    @Override
    public int getFactoryId() {
        return CompareAndSet.FACTORY;
    }

    @Override
    public int getClassId() {
        return CLASS;
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // Nothing to say.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // Nothing to hear.
    }
}
