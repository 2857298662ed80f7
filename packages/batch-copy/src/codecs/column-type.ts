import type { Codec } from "./codec.js";
import type { TypeDescription, TypeKind } from "./type-description.js";

/** The parts of a type that is made of others. Definitions are compared down to these. */
export interface TypeShape {
  readonly kind: TypeKind;
  /**
   * The attributes of a composite type by name. Any other type has one part, whose name has no
   * meaning.
   */
  readonly parts: Readonly<Record<string, ColumnType<unknown, boolean>>>;
  /** The labels of an enum. */
  readonly labels?: readonly string[];
}

/** The properties of a column type. */
export interface ColumnTypeParts<Value> {
  /** Its source in a definition: `int8`, `varchar(255)`, `arrayOf(text)`. */
  readonly name: string;
  /** Its name in SQL, as PostgreSQL's `format_type` prints it: `bigint`, `text[]`. */
  readonly sql: string;
  /** The codec for the type as it is in the database; containers need the OIDs of their parts. */
  codecFor(type: TypeDescription): Codec<Value>;
  /** The statements that create a type of the user's own. */
  readonly ddl?: readonly string[];
  /** Whether a value may be a JavaScript array, which `arrayOf` cannot distinguish from a dimension. */
  readonly hasArrayValues?: boolean;
  /** The parts of a type that is made of others. */
  readonly shape?: TypeShape;
}

/**
 * The type of a column in a table definition. A column is NOT NULL, unless its type is
 * `.nullable()`.
 *
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
 */
export class ColumnType<Value, Nullable extends boolean = false> {
  /** Its source in a definition: `int8`, `varchar(255)`, `arrayOf(text)`. */
  readonly name: string;
  /** Its name in SQL, as PostgreSQL's `format_type` prints it: `bigint`, `text[]`. */
  readonly sql: string;
  /** The statements that create a type of the user's own. */
  readonly ddl: readonly string[];
  /** Whether a value may be a JavaScript array, which `arrayOf` cannot distinguish from a dimension. */
  readonly hasArrayValues: boolean;
  /** The parts of a type that is made of others. */
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

  /** The same type for a nullable column. A row may leave out its key. */
  nullable(): ColumnType<Value, true> {
    return new ColumnType(this.#parts, true);
  }

  /** The codec for the type as it is in the database. */
  codecFor(type: TypeDescription): Codec<Value> {
    return this.#parts.codecFor(type);
  }
}

/** A codec and further properties of its type. */
export interface NamedCodec<Value> extends Codec<Value> {
  /** The name of the type in SQL. @default the name of the column type */
  readonly sql?: string | undefined;
  /** Whether a value may be a JavaScript array. @default false */
  readonly hasArrayValues?: boolean | undefined;
}

/** Creates a column type from the name of a PostgreSQL type and a codec. */
export function columnType<Value>(name: string, codec: NamedCodec<Value>): ColumnType<Value> {
  const { sql = name, hasArrayValues = false } = codec;
  return new ColumnType({ name, sql, hasArrayValues, codecFor: () => codec }, false);
}
