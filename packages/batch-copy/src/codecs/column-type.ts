import type { Codec } from "./codec.js";
import { describeValue } from "./describe-value.js";
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
export class ColumnType<
  Value,
  Nullable extends boolean = false,
  HasDefault extends boolean = false,
> {
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
  /** Whether rows that leave out the key get a value from {@link makeDefault}. */
  readonly hasDefault: HasDefault;
  /** The function that was passed to `default()`. */
  readonly makeDefault: (() => unknown) | undefined;
  readonly #parts: ColumnTypeParts<Value>;

  constructor(parts: ColumnTypeParts<Value>, isNullable: Nullable, makeDefault?: () => unknown) {
    this.name = parts.name;
    this.sql = parts.sql;
    this.ddl = parts.ddl ?? [];
    this.hasArrayValues = parts.hasArrayValues ?? false;
    this.shape = parts.shape;
    this.isNullable = isNullable;
    this.hasDefault = (makeDefault !== undefined) as HasDefault;
    this.makeDefault = makeDefault;
    this.#parts = parts;
  }

  /** The same type for a nullable column. A row may leave out its key. */
  nullable(): ColumnType<Value, true, HasDefault> {
    return new ColumnType(this.#parts, true, this.makeDefault);
  }

  /**
   * The same type for a column whose values the client can make: a row may leave out the key, and
   * `make` is then called for that row. Null is not replaced. The table in the database needs no
   * default, and one that it has is not used.
   *
   * @param make If it throws, or returns a value that does not fit, the row is rejected by an
   * EncodeError of the column.
   * @throws TypeError if it is not a function.
   * @example
   * table("events", { url: text, at: timestamptz.default(() => new Date()) });
   */
  default(
    make: () => Value | (Nullable extends true ? null : never),
  ): ColumnType<Value, Nullable, true> {
    if (typeof make !== "function") {
      throw new TypeError(
        `default() takes a function that returns the value, got ${describeValue(make)}`,
      );
    }
    return new ColumnType<Value, Nullable, true>(this.#parts, this.isNullable, make);
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
