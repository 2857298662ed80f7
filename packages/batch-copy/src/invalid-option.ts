import { inspect } from "node:util";

import { isKeylessRecord } from "./codecs/record.js";
import { BatchCopyError } from "./errors.js";

const SHOWN_CHARACTERS = 60;

/** A value in a message, cut if it is long. */
export function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity });
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** The error for a bad option. */
export function invalid(message: string): BatchCopyError {
  return new BatchCopyError("INVALID_OPTION", message);
}

/**
 * Checks that an option is an object with keys of its own. A promise or a Map has none, and would stand
 * for the defaults.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`
 */
export function checkIsRecord(what: string, value: unknown, names: readonly string[]): void {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || (Object.keys(value).length === 0 && !isKeylessRecord(value, names))) {
    throw invalid(`${what} must be an object, got ${shown(value)}`);
  }
}
