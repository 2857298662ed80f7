import type {
  AttributeDescription,
  TypeDescription,
  TypeKind,
} from "../codecs/type-description.js";
import { ConnectError } from "../errors.js";

/** The one thing that the catalog needs of a connection or a pool. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A table as the database has it. */
export interface TableDescription {
  readonly schema: string;
  readonly name: string;
  /** `pg_class.relkind`: r for a table, p for a partitioned one, f for a foreign one, v for a view … */
  readonly kind: string;
  /** Whether it belongs to one connection alone. */
  readonly isTemporary: boolean;
  /** Whether row-level security is active for the current role. */
  readonly hasActiveRowSecurity: boolean;
  readonly columns: readonly ColumnDescription[];
}

/** A column as the database has it. */
export interface ColumnDescription {
  readonly name: string;
  readonly type: TypeDescription;
  readonly notNull: boolean;
  /** Whether it has a default or is an identity. */
  readonly hasDefault: boolean;
  /** `GENERATED ALWAYS AS (…)`, stored or virtual. */
  readonly isGenerated: boolean;
  /** `GENERATED ALWAYS AS IDENTITY`. */
  readonly isIdentityAlways: boolean;
  /** Whether the current role may INSERT into it. */
  readonly isInsertable: boolean;
}

/**
 * Reads the catalog only, so a lock on the table does not hold it up. The name is read as COPY would
 * read it; a type that a definition writes without quotes is first of all the built-in one, wherever
 * the search_path has pg_catalog. `pg_range` has multiranges from PostgreSQL 14 on only, hence the way through jsonb.
 */
const DESCRIBE_TABLE = `
WITH RECURSIVE relation AS (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = to_regclass($1)
), attribute AS (
  SELECT a.* FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid
  WHERE a.attnum > 0 AND NOT a.attisdropped
), type(oid) AS (
  SELECT atttypid FROM attribute
  UNION
  SELECT part.oid FROM type JOIN pg_type t ON t.oid = type.oid CROSS JOIN LATERAL (
    SELECT t.typelem AS oid WHERE t.typelem <> 0
    UNION ALL SELECT t.typbasetype WHERE t.typbasetype <> 0
    UNION ALL SELECT rngsubtype FROM pg_range WHERE rngtypid = t.oid
    UNION ALL SELECT rngtypid FROM pg_range g
      WHERE t.typtype = 'm' AND to_jsonb(g) ->> 'rngmultitypid' = t.oid::text
    UNION ALL SELECT atttypid FROM pg_attribute
      WHERE t.typtype = 'c' AND attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped
  ) part
)
SELECT r.nspname AS schema, r.relname AS name, r.relkind::text AS kind,
  r.relpersistence = 't' AS "isTemporary",
  row_security_active(r.oid) AS "hasActiveRowSecurity",
  current_setting('client_encoding') AS "clientEncoding",
  coalesce((SELECT json_agg(json_build_object(
      'name', a.attname,
      'type', json_build_object('oid', a.atttypid::int8, 'sql', format_type(a.atttypid, a.atttypmod)),
      'notNull', a.attnotnull OR dt.typnotnull,
      'hasDefault', a.atthasdef OR a.attidentity <> '' OR dt.typdefault IS NOT NULL,
      'isGenerated', a.attgenerated <> '',
      'isIdentityAlways', a.attidentity = 'a',
      'isInsertable', has_column_privilege(r.oid, a.attnum, 'INSERT')
    ) ORDER BY a.attnum) FROM attribute a JOIN pg_type dt ON dt.oid = a.atttypid), '[]') AS columns,
  coalesce((SELECT json_agg(json_build_object(
      'oid', t.oid::int8, 'schema', n.nspname, 'name', t.typname,
      'hasBinaryForm', t.typreceive <> 0,
      'kind', CASE
        WHEN e.typarray = t.oid THEN 'array' WHEN t.typtype = 'e' THEN 'enum'
        WHEN t.typtype = 'd' THEN 'domain' WHEN t.typtype = 'c' THEN 'composite'
        WHEN t.typtype = 'r' THEN 'range' WHEN t.typtype = 'm' THEN 'multirange' ELSE 'base' END,
      'element', CASE
        WHEN e.typarray = t.oid THEN json_build_object('oid', e.oid::int8, 'sql', NULL)
        WHEN t.typtype = 'd' THEN json_build_object(
          'oid', t.typbasetype::int8, 'sql', format_type(t.typbasetype, t.typtypmod))
        WHEN t.typtype = 'r' THEN (
          SELECT json_build_object('oid', rngsubtype::int8, 'sql', format_type(rngsubtype, NULL))
          FROM pg_range WHERE rngtypid = t.oid)
        WHEN t.typtype = 'm' THEN (
          SELECT json_build_object('oid', rngtypid::int8, 'sql', format_type(rngtypid, NULL))
          FROM pg_range g WHERE to_jsonb(g) ->> 'rngmultitypid' = t.oid::text) END,
      'delimiter', CASE WHEN e.typarray = t.oid THEN e.typdelim END,
      'labels', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
      'attributes', CASE WHEN t.typtype = 'c' THEN (
        SELECT json_agg(json_build_object('name', attname, 'type', json_build_object(
          'oid', atttypid::int8, 'sql', format_type(atttypid, atttypmod))) ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) END
    )) FROM type JOIN pg_type t ON t.oid = type.oid JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_type e ON e.oid = t.typelem), '[]') AS types,
  (SELECT json_object_agg(sql, oid::int8) FROM (
    SELECT DISTINCT sql, coalesce(
      CASE WHEN sql ~ '^[a-z]\\w*(\\[])?$' THEN to_regtype('pg_catalog.' || sql) END,
      to_regtype(sql))::oid AS oid
    FROM unnest($2::text[]) AS named(sql)) wanted WHERE oid IS NOT NULL) AS "typeOids"
FROM relation r`;

/** Where a type is used: its OID, and its parameters in the words of `format_type`. */
interface TypeUse {
  readonly oid: number;
  /** Null for the elements of an array, whose parameters are the array's. */
  readonly sql: string | null;
}

interface FoundType {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: TypeKind;
  readonly hasBinaryForm: boolean;
  readonly element: TypeUse | null;
  readonly delimiter: string | null;
  readonly labels: readonly string[] | null;
  readonly attributes: readonly { readonly name: string; readonly type: TypeUse }[] | null;
}

interface FoundTable extends Omit<TableDescription, "columns"> {
  readonly clientEncoding: string;
  readonly columns: readonly (Omit<ColumnDescription, "type"> & { readonly type: TypeUse })[];
  readonly types: readonly FoundType[];
  readonly typeOids: Readonly<Record<string, number>> | null;
}

/** A table, and the OIDs of the types that were asked for, as far as they exist. */
export interface Lookup {
  readonly table: TableDescription;
  readonly typeOids: ReadonlyMap<string, number>;
}

/**
 * Looks a table up by its name as SQL reads it.
 *
 * @param types SQL names of types whose OIDs are wanted as well
 * @returns undefined if there is no such table
 */
export async function lookUpTable(
  connection: Queryable,
  name: string,
  types: readonly string[],
): Promise<Lookup | undefined> {
  const { rows } = await connection.query(DESCRIBE_TABLE, [name, types]);
  const found = rows[0] as FoundTable | undefined;
  if (found === undefined) {
    return undefined;
  }
  const { clientEncoding, types: foundTypes, typeOids, ...table } = found;
  // The strings of a binary COPY are in the client's encoding; ours are UTF-8.
  if (clientEncoding !== "UTF8") {
    throw new ConnectError(`client_encoding is ${clientEncoding}, batch-copy needs UTF8`);
  }
  const byOid = new Map(foundTypes.map((type) => [type.oid, type]));
  const columns = table.columns.map((column) => ({
    ...column,
    type: describe(column.type, byOid),
  }));
  return { table: { ...table, columns }, typeOids: new Map(Object.entries(typeOids ?? {})) };
}

/** The tree of a type and its parts, from the list of all types. */
function describe(
  use: { readonly oid: number; readonly sql: string | null },
  types: ReadonlyMap<number, FoundType>,
): TypeDescription {
  const { element, delimiter, labels, attributes, ...found } = types.get(use.oid)!;
  // Where the search_path hides a built-in type, format_type writes its schema.
  const sql = (use.sql ?? found.name).replace(/^pg_catalog\./, "");
  return {
    ...found,
    sql,
    ...(element === null ? {} : { element: describe(elementUse(element, sql), types) }),
    ...(delimiter === null ? {} : { delimiter }),
    ...(labels === null ? {} : { labels }),
    ...(attributes === null ? {} : { attributes: attributes.map(describeAttribute) }),
  };

  function describeAttribute(attribute: { name: string; type: TypeUse }): AttributeDescription {
    return { name: attribute.name, type: describe(attribute.type, types) };
  }
}

/** `numeric(10,2)[]` is an array of `numeric(10,2)`. */
function elementUse({ oid, sql }: TypeUse, containerSql: string): TypeUse {
  return { oid, sql: sql ?? containerSql.replace(/\[\]$/, "") };
}
