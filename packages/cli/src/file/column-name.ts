import type { LoadOptions } from "../options/load-options.js";

/** The column that a name in a file stands for; `""` if it is skipped. */
export function columnNameOf(
  name: string,
  { map, names }: Pick<LoadOptions, "map" | "names">,
): string {
  const mapped = map.get(name);
  if (mapped !== undefined) {
    return mapped;
  }
  return names === "snake_case" ? snakeCase(name) : name;
}

/** `unitPrice`, `Unit Price` and `UNIT-PRICE` become `unit_price`, `HTTPStatus` becomes `http_status`. */
function snakeCase(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
}
