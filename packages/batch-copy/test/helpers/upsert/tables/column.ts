/** A value in PostgreSQL's text form, or NULL. */
export type SqlText = string | null;

/** A column of a random table. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** What stands after the type: NOT NULL, a default, a collation. */
  readonly rest?: string;
  /** The values that a row may have. Without them, rows omit the column. */
  readonly pool?: readonly SqlText[];
  /** Values that the table may refuse; they are rare. */
  readonly bad?: readonly SqlText[];
  /** A copier's value, if it is not the text form. */
  readonly toValue?: (text: string) => unknown;
  /**
   * How twins are compared: by text; by the order of the values, for a sequence; or by whether there
   * is a value, for what depends on time or chance.
   */
  readonly compare: "text" | "rank" | "presence";
}

/** A column whose twins have equal text. */
export function column(
  name: string,
  type: string,
  pool: readonly SqlText[],
  more: Partial<Column> = {},
): Column {
  return { name, type, pool, compare: "text", ...more };
}

/** A column that rows omit. */
export function omitted(
  name: string,
  type: string,
  rest: string,
  compare: Column["compare"],
): Column {
  return { name, type, rest, compare };
}
