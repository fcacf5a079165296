package io.cornucopia.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The ratios to nginx as bars, each with the range of its rounds and a mark where it has to reach. */
final class RatioChart {
    private static final int LEFT = 190;
    private static final int WIDTH = 560;
    private static final int ROW = 30;
    private static final int TOP = 60;
    private static final String REACHED = "#2a7f62";
    private static final String SHORT = "#c05621";

    private final List<Bar> bars = new ArrayList<>();

    private record Bar(String name, double ratio, Spread rounds, double wanted) {}

    RatioChart(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            double wanted = outcome.target().map(Target::ratio).orElse(0.0);
            // What is to be ahead by twenty times would leave no room for the others.
            if (wanted > 0 && wanted <= 1 && outcome.failure().isEmpty()) {
                for (Series other : outcome.others()) {
                    bars.add(new Bar(outcome.name(), outcome.ratio(other), outcome.ratios(other), wanted));
                }
            }
        }
    }

    String svg() {
        double scale = Math.max(
                1.5, Math.ceil(2 * bars.stream().mapToDouble(Bar::ratio).max().orElse(1)) / 2);
        int height = TOP + ROW * bars.size() + 40;
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
                        + "font-size=\"13\" role=\"img\" aria-label=\"Ratios to nginx\">",
                LEFT + WIDTH + 90,
                height);
        add(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        add(
                svg,
                "<text x=\"16\" y=\"24\" font-size=\"16\" font-weight=\"bold\">Speed beside nginx on the same bytes"
                        + "</text>");
        add(
                svg,
                "<text x=\"16\" y=\"42\" fill=\"#555\">1.0: as fast as nginx; cold-file: as upstream itself. Line: range of the rounds. "
                        + "Mark: what is wanted.</text>");
        for (double at = 0; at <= scale + 1e-9; at += 0.25) {
            double x = x(at, scale);
            boolean one = Math.abs(at - 1) < 1e-9;
            add(
                    svg,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\" stroke-width=\"%d\"/>",
                    x,
                    TOP - 6,
                    x,
                    height - 30,
                    one ? "#333" : "#ddd",
                    one ? 2 : 1);
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%s</text>",
                    x,
                    height - 12,
                    at == Math.rint(at) ? String.format(Locale.ROOT, "%.1f", at) : String.valueOf(at));
        }
        for (int i = 0; i < bars.size(); i++) {
            bar(svg, bars.get(i), TOP + i * ROW, scale);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, Bar bar, int y, double scale) {
        int middle = y + ROW / 2 - 2;
        add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 10, middle + 5, bar.name());
        add(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                LEFT,
                y + 4,
                x(bar.ratio(), scale) - LEFT,
                ROW - 12,
                bar.ratio() >= bar.wanted() ? REACHED : SHORT);
        add(
                svg,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\"/>",
                x(bar.rounds().least(), scale),
                middle,
                x(Math.min(scale, bar.rounds().most()), scale),
                middle);
        add(
                svg,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#b00020\" stroke-width=\"2\"/>",
                x(bar.wanted(), scale),
                y,
                x(bar.wanted(), scale),
                y + ROW - 4);
        add(
                svg,
                "<text x=\"%.1f\" y=\"%d\">%s</text>",
                x(Math.min(scale, Math.max(bar.ratio(), bar.rounds().most())), scale) + 6,
                middle + 5,
                Figures.ratio(bar.ratio()));
    }

    private static double x(double ratio, double scale) {
        return LEFT + WIDTH * ratio / scale;
    }

    private static void add(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
