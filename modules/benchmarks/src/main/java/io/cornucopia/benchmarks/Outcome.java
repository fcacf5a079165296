package io.cornucopia.benchmarks;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What a scenario showed.
 *
 * @param better whether more or less of the unit is better
 * @param series our own first, then what it is compared with
 * @param remarks what a reader of the figures has to know
 * @param failure why there are no figures, or why they do not count
 */
record Outcome(
        String name,
        String title,
        String unit,
        Better better,
        Optional<Target> target,
        List<Series> series,
        List<String> remarks,
        Optional<String> failure) {

    enum Better {
        MORE,
        LESS
    }

    Outcome {
        series = List.copyOf(series);
        remarks = List.copyOf(remarks);
    }

    /** So many a second, of which we want at least {@code ratio} times what the others do. */
    static Outcome rate(String name, String title, double ratio, List<Series> series, List<String> remarks) {
        Target target = new Target.RatioAtLeast(ratio);
        return new Outcome(
                name, title, "requests/s", Better.MORE, Optional.of(target), series, remarks, Optional.empty());
    }

    /** Milliseconds, of which the others may take no less than {@code ratio} times ours. */
    static Outcome time(String name, String title, double ratio, List<Series> series, List<String> remarks) {
        Target target = new Target.RatioAtLeast(ratio);
        return new Outcome(name, title, "ms", Better.LESS, Optional.of(target), series, remarks, Optional.empty());
    }

    /** Something of which we want no more than {@code bound}, whatever the others have. */
    static Outcome bounded(
            String name, String title, double bound, String unit, List<Series> series, List<String> remarks) {
        Target target = new Target.ValueAtMost(bound, unit);
        return new Outcome(name, title, unit, Better.LESS, Optional.of(target), series, remarks, Optional.empty());
    }

    static Outcome failed(String name, String title, String reason) {
        return new Outcome(name, title, "", Better.MORE, Optional.empty(), List.of(), List.of(), Optional.of(reason));
    }

    Optional<Series> ours() {
        return series.stream().findFirst();
    }

    List<Series> others() {
        return series.isEmpty() ? List.of() : series.subList(1, series.size());
    }

    /** Of the medians; above 1 means that we are ahead. */
    double ratio(Series other) {
        return ratio(series.get(0).spread().median(), other.spread().median());
    }

    /** The same, of each round on its own. */
    Spread ratios(Series other) {
        List<Sample> mine = series.get(0).samples();
        int rounds = Math.min(mine.size(), other.samples().size());
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = ratio(mine.get(i).value(), other.samples().get(i).value());
        }
        return Spread.of(ratios);
    }

    /** Whether it shows what it is to show; empty if nothing was promised or nothing measured. */
    Optional<Boolean> holds() {
        if (failure.isPresent()) {
            return Optional.of(false);
        }
        if (target.isEmpty() || series.isEmpty()) {
            return Optional.empty();
        }
        if (target.get() instanceof Target.ValueAtMost most) {
            return Optional.of(series.get(0).spread().median() <= most.bound());
        }
        double bound = target.get().ratio();
        return Optional.of(others().stream().allMatch(other -> ratio(other) >= bound));
    }

    private double ratio(double mine, double other) {
        return better == Better.MORE ? mine / other : other / mine;
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("name", name).put("title", title).put("unit", unit);
        json.put("better", better == Better.MORE ? "more" : "less");
        target.ifPresent(wanted -> json.put("target", wanted.text()));
        holds().ifPresent(holds -> json.put("holds", holds));
        failure.ifPresent(reason -> json.put("failure", reason));
        JsonArray subjects = new JsonArray();
        series.forEach(each -> subjects.add(each.toJson()));
        json.put("subjects", subjects);
        JsonArray ratios = new JsonArray();
        for (Series other : others()) {
            Spread rounds = ratios(other);
            ratios.add(new JsonObject()
                    .put("against", other.subject())
                    .put("ratio", ratio(other))
                    .put("least_of_rounds", rounds.least())
                    .put("most_of_rounds", rounds.most()));
        }
        json.put("ratios", ratios);
        return json.put("remarks", new JsonArray(remarks));
    }
}
