/** The keys of the objects in NDJSON, in the order in which they occur. Lines that are not JSON are the reader's business. */
export function sampledKeys(start: Uint8Array): string[] {
  const keys = new Set<string>();
  for (const line of new TextDecoder().decode(start).split("\n")) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "object" && value !== null) {
        Object.keys(value).forEach((key) => keys.add(key));
      }
    } catch {
      // The last line may be cut.
    }
  }
  return [...keys];
}
