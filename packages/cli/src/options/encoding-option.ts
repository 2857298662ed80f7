import { shown } from "./option-values.js";
import { UsageError } from "./usage-error.js";

/** `latin1` is a name of windows-1252 to browsers, and ISO 8859-1 to everybody else. */
const NAMES_OF_LATIN1 = /^(latin-?1|l1|iso-?8859-1)$/;

/**
 * Checks `--encoding`: a label of the WHATWG Encoding Standard, or a name of PostgreSQL that differs from
 * one only in its spelling, such as `WIN1252` or `EUC_JP`.
 *
 * @returns `iso-8859-1`, or the name of an encoding that TextDecoder knows; undefined for UTF-8
 */
export function readEncoding(text: string | undefined): string | undefined {
  if (text === undefined) {
    return undefined;
  }
  const respelled = text
    .trim()
    .toLowerCase()
    .replaceAll("_", "-")
    .replace(/^win(?=\d)/, "windows-");
  if (NAMES_OF_LATIN1.test(respelled)) {
    return "iso-8859-1";
  }
  const encoding = canonical(text) ?? canonical(respelled);
  if (encoding === undefined) {
    throw new UsageError(
      `--encoding must be an encoding such as utf-8, latin1, windows-1252, utf-16le or shift_jis, got ${shown(text)}`,
    );
  }
  return encoding === "utf-8" ? undefined : encoding;
}

function canonical(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}
