import { BUILT_IN_SCHEMA, isBuiltIn } from "./base-types.js";
import { columnType, type ColumnType, type NamedCodec } from "./column-type.js";
import { describeValue } from "./describe-value.js";
import type { TypeDescription } from "./type-description.js";

interface RegisteredType {
  /** Undefined for the type that the search_path finds. */
  readonly schema: string | undefined;
  readonly type: ColumnType<unknown>;
  /** The same type with another name in SQL: with other parameters, or with its schema. */
  writtenAs(sql: string): ColumnType<unknown>;
}

/** The registered types by `pg_type.typname`. */
const registeredTypes: Map<string, readonly RegisteredType[]> = new Map();
let registrations = 0;

/** Changes when types of the catalog may have other codecs than before. */
export function registrationCount(): number {
  return registrations;
}

/**
 * Registers a codec for a type that batch-copy does not know, by the name of the type. Definitions
 * can use the column type; copiers that take their columns from the catalog use it for every column
 * of the type, whatever its parameters are.
 *
 * @param name the name of the type in PostgreSQL. With a schema (`"app.complex"`) it is the type in
 * that schema; without, it is the type that PostgreSQL finds by that name. Quote it as in SQL.
 * @param codec `encode` writes the binary format that the type's receive function reads, and throws
 * an Error for a value that the type cannot store, whose message becomes the `reason`; `decode`
 * reads it; `encodeText` is optional and reads the text form inside arrays, composite values and
 * ranges
 * @returns the column type
 * @example
 * const complex = columnType<{ re: number; im: number }>("complex", {
 *   encode({ re, im }, out) {
 *     out.float64(re);
 *     out.float64(im);
 *   },
 *   decode: (input) => ({ re: input.float64(), im: input.float64() }),
 * });
 * const signals = table("signals", { value: complex });
 */
export function registerType<Value>(name: string, codec: NamedCodec<Value>): ColumnType<Value> {
  const isReader = codec.encodeText !== undefined;
  const complete = isReader ? codec : withoutTexts(name, codec);
  const type = columnType(name, complete);
  const { schema, bareName } = parsedName(name);
  const others = (registeredTypes.get(bareName) ?? []).filter((other) => other.schema !== schema);
  const writtenAs = (sql: string): ColumnType<unknown> => columnType(name, { ...complete, sql });
  registrations++;
  registeredTypes.set(bareName, [...others, { schema, type, writtenAs }]);
  return type;
}

/** The registered column type for a base type of the catalog, if there is one. */
export function registeredType(type: TypeDescription): ColumnType<unknown> | undefined {
  const candidates = registeredTypes.get(type.name) ?? [];
  const found =
    candidates.find(({ schema }) => schema === type.schema) ??
    candidates.find(({ schema }) => schema === undefined && isFoundByName(type));
  return found?.type.sql === type.sql ? found.type : found?.writtenAs(type.sql);
}

/**
 * Whether the name without a schema means the type. The name of a built-in type means no other
 * type.
 */
function isFoundByName({ schema, name }: TypeDescription): boolean {
  return schema === BUILT_IN_SCHEMA || !isBuiltIn(name);
}

/**
 * The result of `encode` for an unexpected string is unknown, so it never gets one from a text
 * form.
 */
function withoutTexts<Value>(name: string, codec: NamedCodec<Value>): NamedCodec<Value> {
  return {
    sql: codec.sql,
    hasArrayValues: codec.hasArrayValues,
    encode: (value, out) => codec.encode(value, out),
    encodeText(text) {
      throw new TypeError(
        `the codec of ${name} needs encodeText to read the text ${describeValue(text)}`,
      );
    },
    decode: (input) => codec.decode(input),
  };
}

const NAME = /^(?:("(?:[^"]|"")*"|[^".]+)\.)?("(?:[^"]|"")*"|[^".(]+)(?:\(.*\))?$/;

/**
 * `app."Complex"` is the type `Complex` in the schema `app`. Parameters are not part of the name.
 */
function parsedName(name: string): { schema: string | undefined; bareName: string } {
  const [, schema, bareName = name] = NAME.exec(name) ?? [];
  return { schema: schema && unquoted(schema), bareName: unquoted(bareName) };
}

/** Without quotes PostgreSQL folds ASCII only (`downcase_identifier` in src/backend/parser/scansup.c). */
function unquoted(identifier: string): string {
  return identifier.startsWith('"')
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : identifier.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
