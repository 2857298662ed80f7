/** A list under a title, of the entries that have a note. */
export function notes(
  title: string,
  entries: readonly (readonly [string, string | undefined])[],
): string[] {
  const lines = entries.flatMap(([label, note]) =>
    note === undefined ? [] : `- ${label}: ${note}`,
  );
  return lines.length === 0 ? [] : [`${title}\n\n${lines.join("\n")}`];
}
