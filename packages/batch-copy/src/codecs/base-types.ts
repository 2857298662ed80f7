import type { ColumnType } from "./column-type.js";
import * as registry from "./registry.js";
import type { TypeDescription } from "./type-description.js";

/** Creates a column type from the parameters of a column's type: `[10, 2]` for `numeric(10,2)`. */
type TypeFactory = (parameters: readonly number[], sql: string) => ColumnType<unknown>;

/** The column types of PostgreSQL's own base types, by `pg_type.typname`. */
const builtInTypes: ReadonlyMap<string, TypeFactory> = new Map<string, TypeFactory>([
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
  ["bpchar", ([length]) => (length === undefined ? registry.bpchar : registry.char(length))],
  ["char", () => registry.charInternal],
  ["bit", ([length]) => registry.bit(length)],
  ["varbit", ([length]) => registry.varbit(length)],
]);

/** The column types of extensions, which can be in any schema except that of the built-in types. */
const extensionTypes: ReadonlyMap<string, TypeFactory> = new Map<string, TypeFactory>([
  ["hstore", () => registry.hstore],
  ["citext", () => registry.citext],
  ["lquery", () => registry.lquery],
  ["ltree", () => registry.ltree],
  ["ltxtquery", () => registry.ltxtquery],
  ["cube", () => registry.cube],
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

/** `geometry(PointZ,4326)` has a geometry type and an SRID. */
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
  return [...builtInTypes.keys(), ...extensionTypes.keys()];
}

/** Whether one of PostgreSQL's own base types has that name. */
export function isBuiltIn(name: string): boolean {
  return builtInTypes.has(name);
}

/** The column type for a base type of the catalog, or undefined if it has no codec. */
export function baseType({ schema, name, sql }: TypeDescription): ColumnType<unknown> | undefined {
  const types = schema === BUILT_IN_SCHEMA ? builtInTypes : extensionTypes;
  const parameters = /\(([\d, -]+)\)/.exec(sql)?.[1]?.split(",").map(Number) ?? [];
  return types.get(name)?.(parameters, sql);
}

/** The schema of PostgreSQL's own types. */
export const BUILT_IN_SCHEMA = "pg_catalog";

/**
 * The description of one of PostgreSQL's own types, or of an array of such, without the catalog; undefined for
 * other types. OIDs are 0: rows that have them in their bytes must be written anew before they are sent.
 */
export function describeBuiltIn(
  type: ColumnType<unknown, boolean, boolean>,
): TypeDescription | undefined {
  const { shape, sql } = type;
  const own = { oid: 0, schema: BUILT_IN_SCHEMA, sql, hasBinaryForm: true };
  if (shape?.kind === "array") {
    const element = describeBuiltIn(Object.values(shape.parts)[0]!);
    return element && { ...own, name: `_${element.name}`, kind: "array", element };
  }
  const name = shape === undefined ? builtInName(type) : undefined;
  return name === undefined ? undefined : { ...own, name, kind: "base" };
}

function builtInName({ name, sql }: ColumnType<unknown, boolean, boolean>): string | undefined {
  return [...builtInTypes.keys()].find((typname) => {
    const same = baseType({
      oid: 0,
      schema: BUILT_IN_SCHEMA,
      name: typname,
      sql,
      kind: "base",
      hasBinaryForm: true,
    });
    return same?.sql === sql && same.name === name;
  });
}
