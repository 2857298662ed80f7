/** Lines with aligned columns: the first one to the left, the others, which are figures, to the right. */
export function textTable(rows: readonly (readonly (string | number)[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => `${row[column] ?? ""}`.length)),
  );
  const line = (row: readonly (string | number)[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column]!;
        return column === 0 ? `${cell}`.padEnd(width) : `${cell}`.padStart(width);
      })
      .join("  ");
  return rows.map(line).join("\n");
}
