import { describeValue } from "../codecs/describe-value.js";
import { BatchCopyError } from "../errors.js";
import type { Table } from "./table.js";

/**
 * Checks what was passed as a table: a definition made by `table()`, or a name.
 *
 * @throws BatchCopyError with code `INVALID_TABLE`, which says what was passed instead.
 */
export function checkTableArgument(value: unknown): asserts value is Table | string {
  if (value === "" || !(typeof value === "string" || isDefinition(value))) {
    throw new BatchCopyError(
      "INVALID_TABLE",
      `Expected a table definition made by table(), or a table's name, got ${described(value)}`,
    );
  }
}

function isDefinition(value: unknown): value is Table {
  const { name, columns, names, ddl } = (value ?? {}) as Partial<Record<keyof Table, unknown>>;
  return (
    typeof name === "string" &&
    typeof ddl === "string" &&
    typeof columns === "object" &&
    columns !== null &&
    typeof names === "object" &&
    names !== null &&
    Object.values(columns).every((type) => {
      return typeof (type as { codecFor?: unknown } | null)?.codecFor === "function";
    })
  );
}

/** Drizzle keeps what a table or a view is under these keys. */
const DRIZZLE_NAME: unique symbol = Symbol.for("drizzle:Name") as never;
const DRIZZLE_VIEW: unique symbol = Symbol.for("drizzle:ViewBaseConfig") as never;

/** Properties that identify objects of other libraries, and what to pass instead. */
const FOREIGN: readonly (readonly [has: string | symbol, description: string])[] = [
  [DRIZZLE_NAME, "a Drizzle table: pass fromDrizzle(table), from batch-copy/drizzle"],
  [DRIZZLE_VIEW, "a Drizzle view: pass its name in the database"],
  ["$client", "a Drizzle database: pass fromDrizzle(table), from batch-copy/drizzle"],
  ["selectFrom", "a Kysely instance: pass the table's name"],
  ["toOperationNode", "a Kysely query: pass the table's name"],
  ["findMany", "a Prisma model: pass the table's name in the database"],
  ["getTableName", "a Sequelize model: pass the table's name"],
  ["_def", "a Zod schema: define the table with table(), or pass its name"],
  ["connect", "a connection: pass it as the option pool, after the table"],
  ["then", "a promise: await it first"],
];

/** What was passed instead of a table. */
export function described(value: unknown): string {
  if (value === undefined) {
    return "undefined: is the definition exported under another name, or imported in a cycle?";
  }
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return describeValue(value);
  }
  const known = FOREIGN.find(([key]) => key in value);
  if (known !== undefined) {
    return known[1];
  }
  const keys = Object.keys(value);
  const what = typeof value === "function" ? "a function or a class" : "an object";
  return keys.length === 0 ? `${what} without keys` : `${what} with the keys ${list(keys)}`;
}

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).map((key) => JSON.stringify(key));
  return [...shown, ...(keys.length > 5 ? ["…"] : [])].join(", ");
}
