import type { ColumnType } from "../codecs/column-type.js";
import { describeValue } from "../codecs/describe-value.js";
import { quoteQualified } from "../codecs/identifier.js";
import { BatchCopyError } from "../errors.js";
import { columnDdl, createTableDdl } from "./ddl.js";

/** The columns of a definition: a column type by column name. */
export type Columns = Readonly<Record<string, ColumnType<unknown, boolean, boolean>>>;

/** A column of a table: its name and its type. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType<unknown, boolean, boolean>;
}

/** A table definition, made by {@link table}. */
export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly schema: string | undefined;
  readonly columns: C;
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

/**
 * Defines a table by its columns. A column is NOT NULL unless its type is `.nullable()`; a row may leave
 * out a nullable column, which is then NULL, whatever default it has. To use a column's default, leave
 * the column out of the definition. Names are taken literally: `"app.metrics"` is one name with a dot in
 * it, and upper case stays upper case. Without the option `schema`, the server's `search_path` decides.
 *
 * @throws BatchCopyError with code `INVALID_TABLE` for names or columns that a table cannot have.
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() }, { schema: "app" });
 * console.log(metrics.ddl);
 */
export function table<C extends Columns>(
  name: string,
  columns: C,
  options: { readonly schema?: string } = {},
): Table<C> {
  checkOptions(options);
  const { schema } = options;
  const list = columnsOf(columns ?? {});
  for (const column of list) {
    checkColumn(column);
  }
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
  return { name, schema, columns, ddl };
}

/** A schema that was passed in another way would be ignored, and another table filled. */
function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw invalid(`the options of a table must be { schema }, got ${describeValue(options)}`);
  }
  const unknown = Object.keys(options).find((name) => name !== "schema");
  if (unknown !== undefined) {
    throw invalid(`the options of a table must be { schema }, got ${JSON.stringify(unknown)}`);
  }
}

/** The columns of a definition in their order. */
export function columnsOf(columns: Columns): readonly Column[] {
  return Object.entries(columns).map(([name, type]) => ({ name, type }));
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

function checkColumn({ name, type }: Column): void {
  // Not instanceof: `timestamptz` is a function as well.
  if (typeof (type as Partial<Column["type"]> | null)?.codecFor !== "function") {
    throw invalid(`column ${JSON.stringify(name)} must have a column type, such as text`);
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
