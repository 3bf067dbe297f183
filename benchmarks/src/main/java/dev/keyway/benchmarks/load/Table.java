package dev.keyway.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown, its columns as wide as their widest cell, numbers to the right. Not thread-safe. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();
    private final int left;

    /**
     * @param left so many columns hold text
     * @param heads of all columns
     */
    Table(int left, String... heads) {
        this.left = left;
        rows.add(heads);
    }

    /** @param cells as many as there are heads */
    void add(String... cells) {
        if (cells.length != rows.get(0).length) {
            throw new IllegalArgumentException(cells.length + " cells for " + rows.get(0).length + " columns");
        }
        rows.add(cells);
    }

    @Override
    public String toString() {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            text.append('|');
            for (int c = 0; c < columns; c++) {
                String format = c < left ? " %-" + widths[c] + "s |" : " %" + widths[c] + "s |";
                text.append(String.format(format, rows.get(r)[c]));
            }
            text.append('\n');
            if (r == 0) {
                text.append('|');
                for (int c = 0; c < columns; c++) {
                    String line = "-".repeat(widths[c] + 1);
                    text.append(c < left ? " " + line.substring(1) + " |" : line + ":|");
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}
