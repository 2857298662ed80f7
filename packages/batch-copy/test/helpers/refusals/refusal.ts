import type { ColumnType } from "../../../dist/index.js";

/** Where a row stands among the rows that are sent. */
export interface Place {
  readonly id: number;
  /** A good row before it. */
  readonly goodBefore: number;
  /** A bad row before it, if there is one. */
  readonly badBefore: number | undefined;
}

/** A way in which a server refuses single rows `(id int4, v …)`. */
export interface Refusal {
  readonly what: string;
  /** The SQLSTATE that a bad value is refused with. */
  readonly sqlState: (bad: unknown) => string;
  readonly type: ColumnType<unknown, boolean>;
  /** What makes the table refuse, in SQL; `{t}` is the table, `{s}` its schema, `{n}` its bare name. */
  readonly rule: string;
  readonly good: (place: Place) => unknown;
  readonly bad: (place: Place) => unknown;
  /** Whether the server says which line of the COPY it was. */
  readonly hasLine: boolean;
  /** The first major version of PostgreSQL that refuses so. */
  readonly since: number;
}

type Value = string | number | Buffer | object;

/** What most refusals have, and `parts` says where one is different. */
export function refusal(
  what: string,
  sqlState: string,
  type: ColumnType<unknown, boolean>,
  values: { readonly good: Value | Refusal["good"]; readonly bad: Value | Refusal["bad"] },
  parts: Pick<Refusal, "rule"> & Partial<Refusal>,
): Refusal {
  const { good, bad } = values;
  return {
    what: `${what} (${sqlState})`,
    sqlState: () => sqlState,
    type,
    good: typeof good === "function" ? (good as Refusal["good"]) : () => good,
    bad: typeof bad === "function" ? (bad as Refusal["bad"]) : () => bad,
    hasLine: true,
    since: 13,
    ...parts,
  };
}

/** By an expression over `v`, which is computed for each row. */
export function computed(
  sqlState: string,
  expression: string,
  type: ColumnType<unknown, boolean>,
  good: Value,
  bad: Value,
  since = 13,
): Refusal {
  const rule = `ALTER TABLE {t} ADD CHECK ((${expression}) IS NOT NULL)`;
  return refusal(expression, sqlState, type, { good, bad }, { rule, since });
}
