package io.cornucopia.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** The faults that are switched on. */
final class FaultBoard {

    private final List<Armed> armed = new ArrayList<>();

    synchronized void add(String pathRegex, Fault fault) {
        armed.add(Armed.of(Pattern.compile(pathRegex), fault));
    }

    synchronized void clear() {
        armed.clear();
    }

    /** The faults that a request for this path meets, in the order in which they were switched on. */
    synchronized FaultPlan planFor(String path) {
        List<Fault> met = new ArrayList<>();
        for (Armed each : armed) {
            if (each.path.matcher(path).find()) {
                each.take().ifPresent(met::add);
            }
        }
        return FaultPlan.of(met);
    }

    private record Armed(Pattern path, Fault fault, AtomicInteger left) {

        static Armed of(Pattern path, Fault fault) {
            int times = Integer.MAX_VALUE;
            Fault inner = fault;
            while (inner instanceof Fault.Times limited) {
                times = Math.min(times, limited.n());
                inner = limited.fault();
            }
            return new Armed(path, inner, new AtomicInteger(times));
        }

        Optional<Fault> take() {
            return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? Optional.of(fault) : Optional.empty();
        }
    }
}
