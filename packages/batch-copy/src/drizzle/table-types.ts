import type { ColumnType } from "../codecs/column-type.js";

/** The types of a Drizzle column, as far as they say what a row must have. */
interface DrizzleColumn {
  readonly _: {
    readonly dialect: "pg";
    readonly columnType: string;
    readonly data: unknown;
    readonly notNull: boolean;
    readonly hasDefault: boolean;
    readonly hasRuntimeDefault: boolean;
    readonly generated: unknown;
    readonly identity: unknown;
  };
}

/** A table that Drizzle's `pgTable()` has made. */
export interface DrizzleTable {
  readonly _: {
    readonly brand: "Table";
    readonly columns: Readonly<Record<string, DrizzleColumn>>;
  };
}

/** Columns that the server numbers, whose default is part of the type. */
type Serial = "PgSmallSerial" | "PgSerial" | "PgBigSerial53" | "PgBigSerial64";

/** The key, unless the server makes the column's values. */
type KeyOfFilled<Key, Column extends DrizzleColumn> = Column["_"]["columnType"] extends Serial
  ? never
  : Column["_"]["identity"] extends undefined
    ? Column["_"]["generated"] extends undefined
      ? Key
      : never
    : never;

/**
 * The type of a column. `$defaultFn` makes a key optional. With a default of the server's, a key is
 * not optional, nor is that of a nullable column: a row that left it out would not get the default.
 */
type FilledColumn<Column extends DrizzleColumn> = Column["_"]["hasRuntimeDefault"] extends true
  ? ColumnType<Column["_"]["data"], IsNullable<Column>, true>
  : Column["_"]["hasDefault"] extends true
    ? ColumnType<Column["_"]["data"] | (IsNullable<Column> extends true ? null : never)>
    : ColumnType<Column["_"]["data"], IsNullable<Column>>;

type IsNullable<Column extends DrizzleColumn> = Column["_"]["notNull"] extends true ? false : true;

/** The columns of a Drizzle table that a copier fills, by their keys. */
export type FilledColumns<Table extends DrizzleTable, Omitted> = {
  [
    Key in keyof Table["_"]["columns"] as KeyOfFilled<
      Exclude<Key, Omitted>,
      Table["_"]["columns"][Key]
    >
  ]: FilledColumn<Table["_"]["columns"][Key]>;
};
