import { columnType, type ColumnType, type NamedCodec } from "./column-type.js";
import { describeValue } from "./describe-value.js";
import * as registry from "./registry.js";

/** Makes a column type from the parameters that a column's type has: `[10, 2]` for `numeric(10,2)`. */
type TypeFactory = (parameters: readonly number[], sql: string) => ColumnType<unknown>;

/** What a catalog's base type is written by, by `pg_type.typname`. */
const baseTypes: Map<string, TypeFactory> = new Map<string, TypeFactory>([
  ["bool", () => registry.bool],
  ["int2", () => registry.int2],
  ["int4", () => registry.int4],
  ["int8", () => registry.int8],
  ["float4", () => registry.float4],
  ["float8", () => registry.float8],
  ["numeric", ([precision, scale]) => registry.numeric(precision, scale)],
  ["text", () => registry.text],
  ["varchar", ([length]) => registry.varchar(length)],
  ["bytea", () => registry.bytea],
  ["uuid", () => registry.uuid],
  ["json", () => registry.json],
  ["jsonb", () => registry.jsonb],
  ["date", () => registry.date],
  ["timestamp", ([p]) => (p === undefined ? registry.timestamp : registry.timestamp(p))],
  ["timestamptz", ([p]) => (p === undefined ? registry.timestamptz : registry.timestamptz(p))],
  ["time", ([p]) => (p === undefined ? registry.time : registry.time(p))],
  ["timetz", ([p]) => (p === undefined ? registry.timetz : registry.timetz(p))],
  ["interval", ([p], sql) => intervalType(p, sql)],
  ["refcursor", () => registry.refcursor],
  ["name", () => registry.name],
  ["xml", () => registry.xml],
  ["jsonpath", () => registry.jsonpath],
  ["money", () => registry.money],
  ["cidr", () => registry.cidr],
  ["inet", () => registry.inet],
  ["macaddr", () => registry.macaddr],
  ["macaddr8", () => registry.macaddr8],
  ["oid", () => registry.oid],
  ["regclass", () => registry.regclass],
  ["regcollation", () => registry.regcollation],
  ["regconfig", () => registry.regconfig],
  ["regdictionary", () => registry.regdictionary],
  ["regnamespace", () => registry.regnamespace],
  ["regoper", () => registry.regoper],
  ["regoperator", () => registry.regoperator],
  ["regproc", () => registry.regproc],
  ["regprocedure", () => registry.regprocedure],
  ["regrole", () => registry.regrole],
  ["regtype", () => registry.regtype],
  ["cid", () => registry.cid],
  ["xid", () => registry.xid],
  ["xid8", () => registry.xid8],
  ["pg_snapshot", () => registry.pg_snapshot],
  ["txid_snapshot", () => registry.txid_snapshot],
  ["tid", () => registry.tid],
  ["pg_lsn", () => registry.pg_lsn],
  ["int2vector", () => registry.int2vector],
  ["oidvector", () => registry.oidvector],
  ["box", () => registry.box],
  ["circle", () => registry.circle],
  ["line", () => registry.line],
  ["lseg", () => registry.lseg],
  ["point", () => registry.point],
  ["path", () => registry.path],
  ["polygon", () => registry.polygon],
  ["tsvector", () => registry.tsvector],
  ["tsquery", () => registry.tsquery],
  ["hstore", () => registry.hstore],
  ["citext", () => registry.citext],
  ["lquery", () => registry.lquery],
  ["ltree", () => registry.ltree],
  ["ltxtquery", () => registry.ltxtquery],
  ["cube", () => registry.cube],
  ["bpchar", ([length]) => (length === undefined ? registry.bpchar : registry.char(length))],
  ["char", () => registry.charInternal],
  ["bit", ([length]) => registry.bit(length)],
  ["varbit", ([length]) => registry.varbit(length)],
  ["geometry", (_, sql) => postgisType(registry.geometry, sql)],
  ["geography", (_, sql) => postgisType(registry.geography, sql)],
  ["vector", ([dimensions]) => registry.vector(dimensions)],
  ["halfvec", ([dimensions]) => registry.halfvec(dimensions)],
  ["sparsevec", ([dimensions]) => registry.sparsevec(dimensions)],
]);

/** `interval day to second(3)` has fields as well as a precision. */
function intervalType(precision: number | undefined, sql: string): ColumnType<unknown> {
  const fields = /^interval ([a-z ]+)/.exec(sql)?.[1] as registry.SecondIntervalFields | undefined;
  if (fields === undefined) {
    return precision === undefined ? registry.interval : registry.interval(precision);
  }
  return precision === undefined ? registry.interval(fields) : registry.interval(fields, precision);
}

/** `geometry(PointZ,4326)` has a kind and an SRID. */
function postgisType(
  make: (kind?: registry.GeometryType, srid?: number) => ColumnType<unknown>,
  sql: string,
): ColumnType<unknown> {
  const [, kind, srid] = /\((\w+)(?:,(\d+))?\)/.exec(sql) ?? [];
  return make(
    kind as registry.GeometryType | undefined,
    srid === undefined ? undefined : Number(srid),
  );
}

/** The names of the base types that have a codec. */
export function baseTypeNames(): string[] {
  return [...baseTypes.keys()];
}

/** The column type for a base type of the catalog, if there is a codec for it. */
export function baseType(name: string, sql: string): ColumnType<unknown> | undefined {
  const parameters = /\(([\d, -]+)\)/.exec(sql)?.[1]?.split(",").map(Number) ?? [];
  return baseTypes.get(name)?.(parameters, sql);
}

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
  const type = columnType(name, isReader ? codec : withoutTexts(name, codec));
  baseTypes.set(unquoted(name), () => type);
  return type;
}

/** What `encode` makes of a string that it does not expect, nobody knows: so it is given none. */
function withoutTexts<Value>(name: string, codec: NamedCodec<Value>): NamedCodec<Value> {
  return {
    sql: codec.sql,
    hasArrayValues: codec.hasArrayValues,
    encode: (value, out) => codec.encode(value, out),
    encodeText(text) {
      throw new TypeError(`the codec of ${name} has no encodeText to read ${describeValue(text)}`);
    },
    decode: (input) => codec.decode(input),
  };
}

/** `app."Complex"` is the type `Complex`. */
function unquoted(name: string): string {
  const last = /("(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[1] ?? name;
  return last.startsWith('"') ? last.slice(1, -1).replaceAll('""', '"') : last.toLowerCase();
}
