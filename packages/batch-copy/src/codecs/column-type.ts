import type { Codec } from "./codec.js";

/**
 * The type of a column in a table definition: NOT NULL, unless `.nullable()`.
 *
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
 */
export class ColumnType<Value, Nullable extends boolean = false> {
  /** As it stands in a definition: `int8`, `varchar(255)`. */
  readonly name: string;
  /** As PostgreSQL's `format_type` prints it: `bigint`, `character varying(255)`. */
  readonly sql: string;
  readonly isNullable: Nullable;
  readonly codec: Codec<Value>;

  constructor(name: string, sql: string, codec: Codec<Value>, isNullable: Nullable) {
    this.name = name;
    this.sql = sql;
    this.codec = codec;
    this.isNullable = isNullable;
  }

  /** The same type for a column that takes NULL: its key may be left out of a row. */
  nullable(): ColumnType<Value, true> {
    return new ColumnType(this.name, this.sql, this.codec, true);
  }
}

/** A column type from the two names of a PostgreSQL type and its codec. */
export function columnType<Value>(
  name: string,
  sql: string,
  codec: Codec<Value>,
): ColumnType<Value> {
  return new ColumnType(name, sql, codec, false);
}
