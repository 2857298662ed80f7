/** A row as PostgreSQL reads it from CSV: NULL is empty, and the empty text is quoted. */
export function csvLine(row: Readonly<Record<string, unknown>>): string {
  return `${Object.values(row).map(csvField).join(",")}\n`;
}

function csvField(value: unknown): string {
  if (typeof value === "string") return quotedIfNeeded(value);
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value === null) return "";
  throw new TypeError(`no file here has a ${typeof value}`);
}

function quotedIfNeeded(text: string): string {
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
