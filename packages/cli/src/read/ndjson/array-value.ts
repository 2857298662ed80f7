/** A string, or a number or boolean outside of strings, in valid JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false/g;

/** Every decimal number of so many digits is the shortest text of a double of its own. */
const EXACT_DIGITS = 15;

/**
 * The value of an array column from a JSON array: numbers and booleans become their texts, which the codec
 * of the element reads, so that no digit is lost.
 */
export function arrayOfTexts(json: string): unknown {
  return JSON.parse(json.replace(TOKEN, (token) => (token[0] === '"' ? token : `"${token}"`)));
}

/**
 * The value of a column of `json[]` or `jsonb[]` from a JSON array.
 *
 * @throws RangeError for a number that a JavaScript number cannot represent
 */
export function arrayOfDocuments(json: string): unknown {
  for (const [token] of json.matchAll(TOKEN)) {
    if (/^[-\d]/.test(token) && !isExact(token)) {
      throw new RangeError(
        `${token} would lose digits in an array of JSON documents: use jsonb instead of jsonb[]`,
      );
    }
  }
  return JSON.parse(json);
}

function isExact(literal: string): boolean {
  const digits = literal
    .replace(/[eE].*/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
  const value = Number(literal);
  const isInRange = digits === "" || (Number.isFinite(value) && Math.abs(value) > 1e-300);
  return digits.length <= EXACT_DIGITS && isInRange && !Object.is(value, -0);
}
