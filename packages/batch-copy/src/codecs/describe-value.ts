/** What a value is, for the reason of an error: `the string "abc"`, `a Date`, `NaN`. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `the string ${JSON.stringify(shorten(value))}`;
    case "number":
      return String(value);
    case "bigint":
      return BigInt.asIntN(HUGE_BITS, value) === value ? `${value}n` : "a huge bigint";
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : `a value of ${className(value)}`;
    default:
      return `a ${typeof value}`;
  }
}

const SHOWN_CHARACTERS = 60;

/** Printing a bigint takes quadratic time. */
const HUGE_BITS = 256;

function shorten(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function className(value: object): string {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === "string" && constructor.name !== ""
    ? constructor.name
    : "Object";
}

/** The error of a codec that was given a value of another kind than it takes. */
export function wrongKind(expected: string, value: unknown): TypeError {
  return new TypeError(`expected ${expected}, got ${describeValue(value)}`);
}
