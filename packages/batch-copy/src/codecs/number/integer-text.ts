import { describeValue } from "../describe-value.js";
import { trimSpace } from "../text-form/space.js";

const DECIMAL = /^[+-]?\d+$/;
const NEWER = /^[+-]?(?:0[xob]|\d+_)/i;

/**
 * The decimal integer in a text, as all versions of PostgreSQL read it (`pg_strtoint32_safe` in
 * src/backend/utils/adt/numutils.c): with an optional sign and whitespace around it.
 *
 * @throws RangeError for any other text.
 */
export function integerText(text: string): string {
  const trimmed = trimSpace(text);
  if (DECIMAL.test(trimmed)) {
    return trimmed;
  }
  throw new RangeError(
    NEWER.test(trimmed)
      ? `${describeValue(text)} is an integer only for PostgreSQL 16 and later: pass decimal digits`
      : `${describeValue(text)} is not a valid integer`,
  );
}
