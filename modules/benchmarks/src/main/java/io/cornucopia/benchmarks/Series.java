package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What one server showed in one scenario, round by round. */
record Series(String subject, List<Sample> samples) {
    Series {
        samples = List.copyOf(samples);
    }

    Spread spread() {
        return Spread.of(samples.stream().map(Sample::value).toList());
    }

    Optional<Spread> cpuMicros() {
        double[] known = samples.stream()
                .flatMapToDouble(sample -> sample.cpuMicros().stream())
                .toArray();
        return known.length == 0 ? Optional.empty() : Optional.of(Spread.of(known));
    }

    Optional<Spread> residentBytes() {
        double[] known = samples.stream()
                .mapToDouble(Sample::residentBytes)
                .filter(bytes -> bytes > 0)
                .toArray();
        return known.length == 0 ? Optional.empty() : Optional.of(Spread.of(known));
    }

    JsonObject toJson() {
        JsonArray rounds = new JsonArray();
        samples.forEach(sample -> rounds.add(sample.toJson()));
        Spread spread = spread();
        return new JsonObject()
                .put("subject", subject)
                .put("median", spread.median())
                .put("least", spread.least())
                .put("most", spread.most())
                .put("rounds", rounds);
    }
}
