import type { ColumnType } from "../codecs/column-type.js";
import { describeValue, reasonOf } from "../codecs/describe-value.js";
import { BatchCopyError } from "../errors.js";
import { nearest } from "../nearest.js";
import { table, type Columns, type Table } from "../table/table.js";
import { CASINGS, type Casing } from "./casing.js";
import { clientDefault } from "./client-default.js";
import { partsOf, type ColumnObject, type TableParts } from "./drizzle-table.js";
import { drizzleType } from "./drizzle-type.js";
import type { DrizzleTable, FilledColumns } from "./table-types.js";

/** The options of {@link fromDrizzle}. */
export interface DrizzleOptions<Key extends string = string> {
  /** The keys of columns that rows do not have. The server fills them with their defaults. */
  readonly omit?: readonly Key[];
  /**
   * The `casing` that was passed to `drizzle()`, if any. It names the columns that have only a key;
   * the table does not know it.
   */
  readonly casing?: Casing;
}

type ColumnKey<T extends DrizzleTable> = keyof T["_"]["columns"] & string;

/**
 * The definition of a table that Drizzle's `pgTable()` has made. Rows have the keys and the types of
 * `$inferSelect`. Call it once for each table: a `CopierGroup` refuses a second definition of a table
 * that is open.
 *
 * - The server makes the values of serial, identity and generated columns: rows do not have them.
 * - A nullable column, and one with `$defaultFn`, can be left out of a row.
 * - A column with a default of the server's must be in each row, or in `omit`: COPY fills a column for
 *   all rows or for none.
 *
 * @throws BatchCopyError with code `INVALID_TABLE` for anything but such a table, and for options that
 * do not exist.
 * @example
 * import { fromDrizzle } from "batch-copy/drizzle";
 * import * as pg from "drizzle-orm/pg-core";
 *
 * const logs = pg.pgTable("logs", { message: pg.text().notNull(), at: pg.timestamp().defaultNow() });
 * const copier = await Copier.connect(fromDrizzle(logs, { omit: ["at"] }));
 * await copier.send({ message: "started" });
 */
export function fromDrizzle<T extends DrizzleTable, Omitted extends ColumnKey<T> = never>(
  drizzleTable: T,
  options: DrizzleOptions<ColumnKey<T> & Omitted> = {},
): Table<FilledColumns<T, Omitted>> {
  const parts = partsOf(drizzleTable);
  checkOptions(options, parts);
  const { omit = [], casing } = options;
  const omitted = new Set<string>(omit);
  const filled = parts.columns.filter(
    ([key, column]) => !omitted.has(key) && !isServerMade(column),
  );
  const columns = Object.fromEntries(
    filled.map(([key, column]) => [key, columnType(key, column, parts)]),
  );
  // Those of columns that rows do not have as well: `onConflict` may set them.
  const nameByKey = new Map(parts.columns.map(([key, column]) => [key, nameOf(column, casing)]));
  const { name, schema } = parts;
  return table(name, columns, {
    schema,
    names: (key) => nameByKey.get(key) ?? key,
  }) as unknown as Table<FilledColumns<T, Omitted>>;
}

function checkOptions(options: DrizzleOptions, { name, columns }: TableParts): void {
  if (typeof options !== "object" || options === null) {
    throw invalid(
      `the options of fromDrizzle() are { omit, casing }, got ${describeValue(options)}`,
    );
  }
  const unknown = Object.keys(options).find((option) => option !== "omit" && option !== "casing");
  if (unknown !== undefined) {
    throw invalid(
      `the options of fromDrizzle() are { omit, casing }, got ${JSON.stringify(unknown)}`,
    );
  }
  const { omit = [], casing } = options;
  if (!Array.isArray(omit)) {
    throw invalid(`omit must be an array of keys, got ${describeValue(omit)}`);
  }
  if (casing !== undefined && !Object.hasOwn(CASINGS, casing)) {
    throw invalid(`casing must be "snake_case" or "camelCase", got ${describeValue(casing)}`);
  }
  const keys = columns.map(([key]) => key);
  const missing = (omit as readonly string[]).find((key) => !keys.includes(key));
  if (missing !== undefined) {
    const near = nearest(missing, keys);
    const hint = near === undefined ? "" : `. Did you mean ${JSON.stringify(near)}?`;
    throw invalid(
      `the table ${JSON.stringify(name)} has no column ${JSON.stringify(missing)} to omit${hint}`,
    );
  }
}

function invalid(message: string): BatchCopyError {
  return new BatchCopyError("INVALID_TABLE", message);
}

/** Whether rows have no values for the column. */
function isServerMade({ columnType: type, generated, generatedIdentity }: ColumnObject): boolean {
  const isSerial = /^Pg(?:Small|Big)?Serial/.test(type);
  return isSerial || generated !== undefined || generatedIdentity !== undefined;
}

function columnType(
  key: string,
  column: ColumnObject,
  { primaryKey }: TableParts,
): Columns[string] {
  const type = typeOf(column);
  const isNullable = !column.notNull && !primaryKey.has(column.name);
  const nullable = isNullable ? type.nullable() : type;
  const make = clientDefault(key, column);
  return make === undefined ? nullable : nullable.default(make);
}

function typeOf(column: ColumnObject): ColumnType<unknown> {
  try {
    return drizzleType(column);
  } catch (error) {
    const what = `column ${JSON.stringify(column.name)} has the type ${column.getSQLType()}`;
    throw new BatchCopyError("INVALID_TABLE", `${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The name of the column in the database. */
function nameOf({ name, keyAsName }: ColumnObject, casing: Casing | undefined): string {
  return keyAsName && casing !== undefined ? CASINGS[casing](name) : name;
}
