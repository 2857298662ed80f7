import { baseType, BUILT_IN_SCHEMA } from "../codecs/base-types.js";
import { columnTypeOf } from "../codecs/column-type-of.js";
import { ColumnType } from "../codecs/column-type.js";
import { arrayOf } from "../codecs/container/array.js";
import { float4, float8 } from "../codecs/number/float.js";
import { GEOMETRY_CODES } from "../codecs/postgis/ewkb.js";
import { SchemaMismatchError } from "../errors.js";

/** `pg_type.typname` by the names that the SQL grammar has for the type. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ["boolean", "bool"],
  ["smallint", "int2"],
  ["int", "int4"],
  ["integer", "int4"],
  ["bigint", "int8"],
  ["real", "float4"],
  ["float", "float8"],
  ["double precision", "float8"],
  ["decimal", "numeric"],
  ["dec", "numeric"],
  ["character varying", "varchar"],
  ["char varying", "varchar"],
  ["national character varying", "varchar"],
  ["national char varying", "varchar"],
  ["nchar varying", "varchar"],
  ["character", "bpchar"],
  ["char", "bpchar"],
  ["national character", "bpchar"],
  ["national char", "bpchar"],
  ["nchar", "bpchar"],
  ["bit varying", "varbit"],
  ["timestamp without time zone", "timestamp"],
  ["timestamp with time zone", "timestamptz"],
  ["time without time zone", "time"],
  ["time with time zone", "timetz"],
]);

/** The types that have one character or bit if they have no length. */
const OF_LENGTH_ONE: ReadonlySet<string> = new Set([
  "character",
  "char",
  "national character",
  "national char",
  "nchar",
  "bit",
]);

/** The precision in bits up to which `float(24)` is a `real`. */
const MAX_REAL_BITS = 24;

/** A name, parameters, what follows them (`with time zone`), and dimensions. */
const SQL_TYPE = /^([^()[\]]*?) *(?:\(([^()]*)\))?([^()[\]]*)((?:\[\d*\])*)$/;

/**
 * The column type for a type as DDL writes it: `numeric(10, 2)`, `timestamp (3) with time zone`,
 * `integer[]`. A type of the user's own is looked up in the database when a copier connects.
 *
 * @param adapt what to do with the type, or with that of an array's elements
 */
export function sqlType(
  sql: string,
  adapt: (type: ColumnType<unknown>) => ColumnType<unknown> = (type) => type,
): ColumnType<unknown> {
  const written = simplified(sql.trim());
  const [, name = "", parameters, rest = "", dimensions = ""] = SQL_TYPE.exec(written) ?? [];
  if (dimensions !== "") {
    return arrayOf(sqlType(written.slice(0, -dimensions.length), adapt));
  }
  return adapt(knownType(`${name}${rest}`, parameters) ?? typeOfCatalog(written));
}

/** With single spaces, without the schema of the built-in types, and with brackets for `ARRAY[3]`. */
function simplified(sql: string): string {
  return sql.includes('"')
    ? sql
    : sql
        .replace(/\s+/g, " ")
        .replace(/^pg_catalog\./i, "")
        .replace(/ array(?:\[\d*\])?$/i, "[]");
}

function knownType(
  written: string,
  parameters: string | undefined,
): ColumnType<unknown> | undefined {
  const lower = written.toLowerCase();
  if (lower === "float" && parameters !== undefined) {
    return Number(parameters) <= MAX_REAL_BITS ? float4 : float8;
  }
  // The fields of an interval follow its name.
  const name = lower.startsWith("interval ") ? "interval" : (TYPE_NAMES.get(lower) ?? lower);
  const found = parameters ?? (OF_LENGTH_ONE.has(lower) ? "1" : undefined);
  const sql = found === undefined ? lower : `${lower}(${asPrinted(found)})`;
  return baseTypeIn(BUILT_IN_SCHEMA, name, sql) ?? baseTypeIn(ANY_SCHEMA, name, sql);
}

/** Where extensions are. */
const ANY_SCHEMA = "";

function baseTypeIn(schema: string, name: string, sql: string): ColumnType<unknown> | undefined {
  return baseType({ oid: 0, schema, name, sql, kind: "base", hasBinaryForm: true });
}

/** Without spaces, and with the capitals of PostGIS: `Point,4326`. */
function asPrinted(parameters: string): string {
  return parameters.replaceAll(" ", "").replace(/^([a-z]+?)(z?m?)(?=$|,)/i, (_, kind, axes) => {
    const names = ["Geometry", ...Object.keys(GEOMETRY_CODES)];
    const name = names.find((candidate) => candidate.toLowerCase() === kind.toLowerCase());
    return `${name ?? kind}${axes.toUpperCase()}`;
  });
}

/** A type whose codec is that of the type which the database has. */
function typeOfCatalog(sql: string): ColumnType<unknown> {
  return new ColumnType(
    {
      name: sql,
      sql,
      // Nobody knows before the copier connects, and Drizzle tells the dimensions.
      hasArrayValues: true,
      codecFor(type) {
        const found = columnTypeOf(type);
        if (found === undefined) {
          const reason = `the type ${type.sql} has no codec: register one with columnType(${JSON.stringify(type.name)}, { encode, decode })`;
          throw new SchemaMismatchError(reason, [reason], "");
        }
        return found.codecFor(type);
      },
    },
    false,
  );
}
