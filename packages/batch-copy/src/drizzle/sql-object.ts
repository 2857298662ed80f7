import { describeValue } from "../codecs/describe-value.js";

/**
 * The value, unless it is an expression of Drizzle, such as `` sql`now()` ``. A batch has no
 * expressions, and a column of JSON would store the object.
 */
export function refuseSql(value: unknown): unknown {
  if (typeof (value as { getSQL?: unknown } | null | undefined)?.getSQL === "function") {
    throw new TypeError(`COPY takes values only, got ${describeValue(value)}, an SQL expression`);
  }
  return value;
}
