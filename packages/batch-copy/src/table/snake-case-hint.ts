import { quoteIdentifier } from "../codecs/identifier.js";
import { snakeCase } from "./snake-case.js";

/** The end of a sentence that says that a column does not exist, if its name in snake_case does. */
export function snakeCaseHint(name: string, columns: readonly { readonly name: string }[]): string {
  const meant = snakeCase(name);
  return meant !== name && columns.some((column) => column.name === meant)
    ? `: to fill ${quoteIdentifier(meant)} from the key ${JSON.stringify(name)}, set names to "snake_case"`
    : "";
}
