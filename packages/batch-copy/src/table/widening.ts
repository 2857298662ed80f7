/** Types with those that PostgreSQL casts into them implicitly and without loss. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  integer: ["smallint"],
  bigint: ["smallint", "integer"],
  numeric: ["smallint", "integer", "bigint"],
  "double precision": ["real"],
  text: ["character varying", "character"],
};

/** Whether ALTER TABLE can change a column from one type to the other without losing data. */
export function widens(from: string, to: string): boolean {
  const [fromName, ...fromSizes] = parse(from);
  const [toName, ...toSizes] = parse(to);
  if (fromName !== toName) {
    return toSizes.length === 0 && (WIDER[toName]?.includes(fromName) ?? false);
  }
  if (toSizes.length === 0 || fromSizes.length === 0) {
    return toSizes.length === 0 && fromSizes.length > 0;
  }
  return toName === "numeric" ? holdsMoreDigits(fromSizes, toSizes) : fromSizes[0]! < toSizes[0]!;
}

/** At least as many digits as before on both sides of the decimal point. */
function holdsMoreDigits(
  [precision = 0, scale = 0]: readonly number[],
  [newPrecision = 0, newScale = 0]: readonly number[],
): boolean {
  return newScale >= scale && newPrecision - newScale >= precision - scale;
}

/** `numeric(10,2)` is numeric, 10, 2. Arrays and user-defined types are not parsed. */
function parse(sql: string): [name: string, ...sizes: number[]] {
  const match = /^([a-z ]+?)(?:\(([\d,]+)\))?( with(?:out)? time zone)?$/.exec(sql);
  if (match === null) {
    return [sql];
  }
  const sizes = match[2]?.split(",").map(Number) ?? [];
  return [match[1]! + (match[3] ?? ""), ...sizes];
}
