/**
 * The text form of an array, as `array_out` writes it (src/backend/utils/adt/arrayfuncs.c).
 *
 * @param elements in row-major order, null for NULL
 */
export function arrayText(
  elements: readonly (string | null)[],
  dimensions: readonly number[],
  lowerBounds: readonly number[],
  delimiter: string,
): string {
  if (elements.length === 0) {
    return "{}";
  }
  let parts = elements.map((element) => (element === null ? "NULL" : arrayElement(element)));
  for (const size of dimensions.toReversed()) {
    parts = Array.from({ length: parts.length / size }, (_, i) => {
      return `{${parts.slice(i * size, (i + 1) * size).join(delimiter)}}`;
    });
  }
  const isUsual = lowerBounds.every((bound) => bound === 1);
  const bounds = dimensions.map((size, i) => `[${lowerBounds[i]}:${lowerBounds[i]! + size - 1}]`);
  return isUsual ? parts.join("") : `${bounds.join("")}=${parts.join("")}`;
}

/** With quotes where a delimiter needs them: `,` or, of boxes, `;`. */
function arrayElement(text: string): string {
  return text === "" || /[\s"\\{},;]/.test(text) || /^null$/i.test(text)
    ? `"${text.replaceAll(/["\\]/g, "\\$&")}"`
    : text;
}

/** The text form of a composite value, as `record_out` writes it (src/backend/utils/adt/rowtypes.c). */
export function compositeText(attributes: readonly (string | null)[]): string {
  return `(${attributes.map(part).join(",")})`;
}

/**
 * The text form of a range that is not empty, as `range_out` writes it
 * (src/backend/utils/adt/rangetypes.c).
 *
 * @param lower null if there is no bound
 */
export function rangeText(
  lower: string | null,
  upper: string | null,
  isLowerInclusive: boolean,
  isUpperInclusive: boolean,
): string {
  const begin = isLowerInclusive ? "[" : "(";
  return `${begin}${part(lower)},${part(upper)}${isUpperInclusive ? "]" : ")"}`;
}

/** The text form of a multirange. */
export function multirangeText(ranges: readonly string[]): string {
  return `{${ranges.join(",")}}`;
}

function part(text: string | null): string {
  if (text === null) {
    return "";
  }
  return text === "" || /[\s"\\(),[\]]/.test(text)
    ? `"${text.replaceAll(/["\\]/g, "$&$&")}"`
    : text;
}
