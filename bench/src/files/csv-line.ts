/** A row as PostgreSQL reads it from CSV: NULL is empty, and the empty text is quoted. */
export function csvLine(row: Readonly<Record<string, unknown>>): string {
  return `${Object.values(row).map(csvField).join(",")}\n`;
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
