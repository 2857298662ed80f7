import { shown } from "./option-values.js";
import { UsageError } from "./usage-error.js";

/**
 * Reads the values of `--map`: `Name in file=column`. The last `=` separates, because names in files are
 * freer than names of columns. Without a column, the name is skipped.
 */
export function readMap(texts: readonly string[]): ReadonlyMap<string, string> {
  return pairsOf("--map", texts, '"Name in file=column"', (text) => text.lastIndexOf("="));
}

/** Reads the values of `--set`: `column=value`. The first `=` separates. */
export function readSet(texts: readonly string[]): ReadonlyMap<string, string> {
  return pairsOf("--set", texts, "column=value", (text) => text.indexOf("="));
}

function pairsOf(
  option: string,
  texts: readonly string[],
  form: string,
  separatorOf: (text: string) => number,
): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = separatorOf(text);
    if (at <= 0) {
      throw new UsageError(`${option} must be ${form}, got ${shown(text)}`);
    }
    const name = text.slice(0, at);
    if (pairs.has(name)) {
      throw new UsageError(`${option} is given twice for ${shown(name)}`);
    }
    pairs.set(name, text.slice(at + 1));
  }
  return pairs;
}
