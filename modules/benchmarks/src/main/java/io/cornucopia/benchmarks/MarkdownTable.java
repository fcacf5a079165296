package io.cornucopia.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table as Markdown, its columns as wide as what is in them. */
final class MarkdownTable {
    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    MarkdownTable(String... heads) {
        this.heads = List.of(heads);
    }

    void row(String... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + heads.size() + " columns");
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
                .toList());
    }

    String text() {
        int[] widths = new int[heads.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(
                    Math.max(3, heads.get(i).length()),
                    rows.stream()
                            .mapToInt(row -> row.get(column).length())
                            .max()
                            .orElse(0));
        }
        StringBuilder text = new StringBuilder();
        append(text, heads, widths);
        append(text, Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths);
        rows.forEach(row -> append(text, row, widths));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> cells, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            text.append("| ")
                    .append(cell)
                    .append(" ".repeat(widths[i] - cell.length()))
                    .append(' ');
        }
        text.append("|\n");
    }
}
