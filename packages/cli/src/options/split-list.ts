import { shown } from "./option-values.js";
import { UsageError } from "./usage-error.js";

/** One name: in double quotes, which are doubled inside, or up to the next comma. */
const ITEM = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(?:,|$)/y;

/**
 * Splits `id,"odd, name",price` at its commas. Spaces around a name do not belong to it, and are kept in
 * double quotes.
 *
 * @throws UsageError for a quote that is not closed, or is in the middle of a name
 */
export function splitList(option: string, text: string): string[] {
  const items: string[] = [];
  ITEM.lastIndex = 0;
  for (let at = 0; at <= text.length; at = ITEM.lastIndex) {
    const [whole, quoted, plain = ""] = ITEM.exec(text) ?? [];
    if (whole === undefined) {
      throw new UsageError(
        `${option} must be names that are separated by commas, such as id,"odd, name",price, got ${shown(text)}`,
      );
    }
    items.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (!whole.endsWith(",")) {
      break;
    }
  }
  return items;
}
