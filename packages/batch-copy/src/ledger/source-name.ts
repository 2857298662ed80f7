import { invalid, shown } from "../invalid-option.js";

/** How the names of sources begin that copiers and groups draw for themselves. */
export const LANE_PREFIX = "lane/";

/** How the names of sources begin that a spool has. */
const SPOOL_PREFIX = "spool/";

/** A name is a key of an index, where PostgreSQL takes 2704 bytes (`BTMaxItemSize`). */
const MAX_BYTES = 1024;

/**
 * Checks the name of a source that a user opens.
 *
 * @throws BatchCopyError with code `INVALID_OPTION` if it is not a string of 1 to 1024 bytes, or is
 * reserved.
 */
export function checkSourceName(name: unknown): asserts name is string {
  checkIsName(name);
  const prefix = [LANE_PREFIX, SPOOL_PREFIX].find((reserved) => name.startsWith(reserved));
  if (prefix !== undefined) {
    throw invalid(`the name of a source must not begin with "${prefix}", got ${shown(name)}`);
  }
}

/**
 * Checks the name of any source, reserved or not. With half of a surrogate pair, two names would become
 * one in UTF-8.
 */
export function checkIsName(name: unknown): asserts name is string {
  if (typeof name !== "string" || name === "" || name.includes("\0") || !name.isWellFormed()) {
    throw invalid(`the name of a source must be a string of characters, got ${shown(name)}`);
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_BYTES) {
    throw invalid(
      `the name of a source must not be longer than ${MAX_BYTES} bytes in UTF-8, got ${bytes} bytes`,
    );
  }
}
