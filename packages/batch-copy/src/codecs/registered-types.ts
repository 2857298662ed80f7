import { BUILT_IN_SCHEMA, isBuiltIn } from "./base-types.js";
import { columnType, type ColumnType, type NamedCodec } from "./column-type.js";
import { describeValue } from "./describe-value.js";
import type { TypeDescription } from "./type-description.js";

interface RegisteredType {
  /** Undefined for the type that the search_path finds. */
  readonly schema: string | undefined;
  readonly type: ColumnType<unknown>;
  /** The same type as SQL writes it elsewhere: with other parameters, or with its schema. */
  writtenAs(sql: string): ColumnType<unknown>;
}

/** What users have registered, by `pg_type.typname`; the latest registration last. */
const registeredTypes: Map<string, readonly RegisteredType[]> = new Map();

/**
 * Registers a type with no codec of its own, by its name: for definitions, and for copiers that take
 * their columns from the catalog.
 *
 * @param name the type's name in PostgreSQL; with its schema, quoted where SQL asks for it, if it is
 * not in the search_path
 * @param codec `encode` writes the value's binary form, as the type's receive function reads it, and
 * throws an Error whose message is the `reason` for a value that the type cannot hold; `decode` reads
 * it back; `encodeText`, if it is there, reads the type's text form inside of an array's or the like
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
  registeredTypes.set(bareName, [...others, { schema, type, writtenAs }]);
  return type;
}

/** The column type that was registered for a base type of the catalog, if there is one. */
export function registeredType(type: TypeDescription): ColumnType<unknown> | undefined {
  const candidates = registeredTypes.get(type.name) ?? [];
  const found =
    candidates.find(({ schema }) => schema === type.schema) ??
    candidates.find(({ schema }) => schema === undefined && isFoundByName(type));
  return found?.type.sql === type.sql ? found.type : found?.writtenAs(type.sql);
}

/** Whether the name alone means the type: that of a built-in type never means another. */
function isFoundByName({ schema, name }: TypeDescription): boolean {
  return schema === BUILT_IN_SCHEMA || !isBuiltIn(name);
}

/** What `encode` makes of a string that it does not expect, nobody knows: so it is given none. */
function withoutTexts<Value>(name: string, codec: NamedCodec<Value>): NamedCodec<Value> {
  return {
    sql: codec.sql,
    hasArrayValues: codec.hasArrayValues,
    encode: (value, out) => codec.encode(value, out),
    encodeText(text) {
      throw new TypeError(
        `the codec of ${name} has no encodeText, which reading ${describeValue(text)} needs`,
      );
    },
    decode: (input) => codec.decode(input),
  };
}

const NAME = /^(?:("(?:[^"]|"")*"|[^".]+)\.)?("(?:[^"]|"")*"|[^".(]+)(?:\(.*\))?$/;

/** `app."Complex"` is the type `Complex` in the schema `app`; parameters are no part of the name. */
function parsedName(name: string): { schema: string | undefined; bareName: string } {
  const [, schema, bareName = name] = NAME.exec(name) ?? [];
  return { schema: schema && unquoted(schema), bareName: unquoted(bareName) };
}

function unquoted(identifier: string): string {
  return identifier.startsWith('"')
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : identifier.trim().toLowerCase();
}
