import { types } from "node:util";

/** A value as the message of an error shows it: `"abc"`, `NaN`, `an array`, `an instance of Date`. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(shorten(value));
    case "number":
      return String(value);
    case "bigint":
      return BigInt.asIntN(HUGE_BITS, value) === value ? `${value}n` : "a huge bigint";
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : describeObject(value);
    case "undefined":
      return "undefined";
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

function describeObject(value: object): string {
  if (Array.isArray(value)) {
    return "an array";
  }
  const { constructor } = value as { constructor?: { name?: unknown } };
  const name = constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object"
    ? `an instance of ${name}`
    : "an object";
}

/** The error for a value of a kind that the type does not accept. */
export function wrongKind(expected: string, value: unknown): TypeError {
  return new TypeError(`expected ${expected}, got ${describeValue(value)}`);
}

/** Why a value was not encoded: the message of an error, of any realm, or what else was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error || types.isNativeError(error)
    ? error.message
    : `${describeValue(error)} was thrown`;
}
