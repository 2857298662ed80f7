import type { ColumnType } from "../codecs/column-type.js";
import { describeValue } from "../codecs/describe-value.js";
import { quoteQualified } from "../codecs/identifier.js";
import { BatchCopyError } from "../errors.js";
import { columnDdl, createTableDdl } from "./ddl.js";
import { columnLabel, type Field } from "./field.js";
import { namedFields, namingOf, type ColumnNames, type Naming } from "./naming.js";

/** The columns of a definition: a column type by the key of the column in rows. */
export type Columns = Readonly<Record<string, ColumnType<unknown, boolean, boolean>>>;

/** A column of a table, and its type. */
export interface Column extends Field {
  readonly type: ColumnType<unknown, boolean, boolean>;
}

/** A table definition, made by {@link table}. */
export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly schema: string | undefined;
  /** The column types by key. */
  readonly columns: C;
  /** The columns' names in SQL, by key. */
  readonly names: Readonly<Record<string, string>>;
  /** The CREATE TABLE statement, preceded by those that create your own types. */
  readonly ddl: string;
}

type NullableKeys<C extends Columns> = {
  [K in keyof C]: C[K] extends ColumnType<unknown, true, boolean> ? K : never;
}[keyof C];

/** The keys of NOT NULL columns that have a default of the client's. */
type DefaultKeys<C extends Columns> = {
  [K in keyof C]: C[K] extends ColumnType<unknown, false, true> ? K : never;
}[keyof C];

type ValueOf<T> = T extends ColumnType<infer Value, boolean, boolean> ? Value : never;

type Flatten<T> = { [K in keyof T]: T[K] };

/**
 * The rows of a table definition. The keys of columns that are nullable or have a default are optional.
 *
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
 * type Metric = RowOf<typeof metrics>; // { url: string; latency_ms?: bigint | number | null }
 */
export type RowOf<T> =
  T extends Table<infer C>
    ? Flatten<
        { [K in Exclude<keyof C, NullableKeys<C> | DefaultKeys<C>>]: ValueOf<C[K]> } & {
          [K in NullableKeys<C>]?: ValueOf<C[K]> | null | undefined;
        } & { [K in DefaultKeys<C>]?: ValueOf<C[K]> | undefined }
      >
    : never;

/** `NAMEDATALEN` - 1 (src/include/pg_config_manual.h): PostgreSQL truncates longer names. */
const MAX_NAME_BYTES = 63;
/** `MaxHeapAttributeNumber` in src/include/access/htup_details.h. */
const MAX_COLUMNS = 1600;

/** Options of {@link table}. */
export interface TableOptions<Key extends string = string> {
  /**
   * The schema of the table.
   * @default the `search_path` of the connection decides
   */
  readonly schema?: string | undefined;
  /**
   * The columns' names in SQL, if they are not the keys of the rows. Everything in SQL uses the names;
   * rows, and the `column` of an EncodeError, use the keys.
   * @default the keys
   */
  readonly names?: ColumnNames<Key> | undefined;
}

/**
 * Defines a table by its columns. A column is NOT NULL unless its type is `.nullable()`; a row may leave
 * out a nullable column, which is then NULL, whatever default it has in the database. A column whose type
 * has a `.default()` may be left out too. To use a default of the database, leave the column out of the
 * definition. Names are taken literally: `"app.metrics"` is one name with a dot in it, and upper case
 * stays upper case, unless the option `names` says otherwise.
 *
 * @throws BatchCopyError with code `INVALID_TABLE` for names or columns that a table cannot have.
 * @example
 * const metrics = table(
 *   "metrics",
 *   { url: text, latencyMs: int8.nullable() }, // columns "url" and "latency_ms"
 *   { schema: "app", names: "snake_case" },
 * );
 * console.log(metrics.ddl);
 */
export function table<C extends Columns>(
  name: string,
  columns: C,
  options: TableOptions<keyof NoInfer<C> & string> = {},
): Table<C> {
  checkOptions(options);
  const { schema } = options;
  const naming = namingOf(options.names, "INVALID_TABLE");
  const list = namedColumns(columns ?? {}, naming);
  list.forEach(checkColumn);
  checkNames([
    name,
    ...(schema === undefined ? [] : [schema]),
    ...list.map((column) => column.name),
  ]);
  if (list.length === 0 || list.length > MAX_COLUMNS) {
    throw invalid(
      `a table must have 1 to ${MAX_COLUMNS} columns, ${JSON.stringify(name)} has ${list.length}`,
    );
  }
  const types = new Set(list.flatMap(({ type }) => type.ddl));
  const create = createTableDdl(quoteQualified(schema, name), list.map(columnDdl));
  const ddl = [...types, create].join("\n");
  const names = Object.fromEntries(list.map((column) => [column.key, column.name]));
  const definition = { name, schema, columns, names, ddl };
  namings.set(definition, naming);
  return definition;
}

/** How columns that are not in a definition are named; a copy of a definition has no such rule. */
const namings = new WeakMap<object, Naming>();

/** The rule by which a definition names columns, also those that it does not have. */
export function namesOf(definition: Table): Naming {
  return namings.get(definition) ?? namingOf(undefined, "INVALID_TABLE");
}

function namedColumns(columns: Columns, naming: Naming): Column[] {
  const fields = namedFields(Object.keys(columns), naming, "INVALID_TABLE");
  return fields.map(({ key, name }) => ({ key, name, type: columns[key]! }));
}

const OPTIONS: readonly string[] = ["schema", "names"];

/** A schema that was passed in another way would be ignored, and another table filled. */
function checkOptions(options: unknown): void {
  const taken = `the options of a table must be { ${OPTIONS.join(", ")} }`;
  if (typeof options !== "object" || options === null) {
    throw invalid(`${taken}, got ${describeValue(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw invalid(`${taken}, got ${JSON.stringify(unknown)}`);
  }
}

/** The columns of a definition in their order. */
export function columnsOf({ columns, names }: Table): readonly Column[] {
  return Object.entries(columns).map(([key, type]) => ({ key, name: names[key]!, type }));
}

/** The columns that every table has (src/backend/catalog/heap.c). */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set([
  "tableoid",
  "cmax",
  "xmax",
  "cmin",
  "xmin",
  "ctid",
]);

function checkColumn({ key, name, type }: Column): void {
  // Not instanceof: `timestamptz` is a function as well.
  if (typeof (type as Partial<Column["type"]> | null)?.codecFor !== "function") {
    throw invalid(`${columnLabel({ key, name })} must have a column type, such as text`);
  }
  if (SYSTEM_COLUMNS.has(name)) {
    throw invalid(`${JSON.stringify(name)} is the name of a system column: choose another name`);
  }
}

function checkNames(names: readonly string[]): void {
  for (const name of names) {
    if (typeof name !== "string" || name === "" || name.includes("\0") || !name.isWellFormed()) {
      throw invalid(`${JSON.stringify(name)} is not a valid name in PostgreSQL`);
    }
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
      throw invalid(`the name ${JSON.stringify(name)} is longer than ${MAX_NAME_BYTES} bytes`);
    }
  }
}

function invalid(message: string): BatchCopyError {
  return new BatchCopyError("INVALID_TABLE", message);
}
