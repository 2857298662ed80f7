import type { Codec } from "./codec.js";
import type { TypeDescription, TypeKind } from "./type-description.js";

/** What a type is made of, if it is made of others: a definition is compared down to these. */
export interface TypeShape {
  readonly kind: TypeKind;
  /** Attributes by name; of all others one, whose name says nothing. */
  readonly parts: Readonly<Record<string, ColumnType<unknown, boolean>>>;
  /** Of an enum. */
  readonly labels?: readonly string[];
}

/** What a column type is made of. */
export interface ColumnTypeParts<Value> {
  /** As it stands in a definition: `int8`, `varchar(255)`, `arrayOf(text)`. */
  readonly name: string;
  /** As SQL has it, in the words of PostgreSQL's `format_type`: `bigint`, `text[]`. */
  readonly sql: string;
  /** The codec for the type that the database has; containers need the OIDs of their parts. */
  codecFor(type: TypeDescription): Codec<Value>;
  /** The statements that create the type itself, for types that are the user's own. */
  readonly ddl?: readonly string[];
  /** Whether a value may be an array, which an array of such values then cannot tell from nesting. */
  readonly hasArrayValues?: boolean;
  /** What it is made of; for a type with a codec of its own nothing that matters. */
  readonly shape?: TypeShape;
}

/**
 * The type of a column in a table definition: NOT NULL, unless `.nullable()`.
 *
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
 */
export class ColumnType<Value, Nullable extends boolean = false> {
  /** As it stands in a definition: `int8`, `varchar(255)`, `arrayOf(text)`. */
  readonly name: string;
  /** As SQL has it, in the words of PostgreSQL's `format_type`: `bigint`, `text[]`. */
  readonly sql: string;
  /** The statements that create the type itself, for types that are the user's own. */
  readonly ddl: readonly string[];
  /** Whether a value may be an array, which an array of such values then cannot tell from nesting. */
  readonly hasArrayValues: boolean;
  /** What it is made of, unless it has a codec of its own. */
  readonly shape: TypeShape | undefined;
  readonly isNullable: Nullable;
  readonly #parts: ColumnTypeParts<Value>;

  constructor(parts: ColumnTypeParts<Value>, isNullable: Nullable) {
    this.name = parts.name;
    this.sql = parts.sql;
    this.ddl = parts.ddl ?? [];
    this.hasArrayValues = parts.hasArrayValues ?? false;
    this.shape = parts.shape;
    this.isNullable = isNullable;
    this.#parts = parts;
  }

  /** The same type for a column that takes NULL: its key may be left out of a row. */
  nullable(): ColumnType<Value, true> {
    return new ColumnType(this.#parts, true);
  }

  /** The codec for the type that the database has. */
  codecFor(type: TypeDescription): Codec<Value> {
    return this.#parts.codecFor(type);
  }
}

/** A codec, and what else is to be known of its type. */
export interface NamedCodec<Value> extends Codec<Value> {
  /** How SQL writes the type, where that is not its name. */
  readonly sql?: string | undefined;
  /** Whether a value may be an array. @default false */
  readonly hasArrayValues?: boolean | undefined;
}

/** A column type from the name of a PostgreSQL type and its codec. */
export function columnType<Value>(name: string, codec: NamedCodec<Value>): ColumnType<Value> {
  const { sql = name, hasArrayValues = false } = codec;
  return new ColumnType({ name, sql, hasArrayValues, codecFor: () => codec }, false);
}
