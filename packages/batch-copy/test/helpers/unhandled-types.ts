/** As much of a pg client or pool as is needed here. */
interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

/** The extensions that come with PostgreSQL and have base types. */
export const EXTENSIONS_WITH_TYPES: readonly string[] = [
  "btree_gist",
  "citext",
  "cube",
  "hstore",
  "intarray",
  "isn",
  "ltree",
  "pg_trgm",
  "seg",
];

/**
 * The types by name that can be a table's column, those of the catalog and of the extensions above.
 * Arrays, enums, domains, composite types, ranges and multiranges are handled by their kind; pseudo
 * types cannot be a column (`CheckAttributeType` in src/backend/catalog/heap.c). Objects that are
 * not made by initdb have an OID of 16384 or more (`FirstNormalObjectId`).
 */
const BASE_TYPES = `
  SELECT typname::text AS name, typreceive <> 0 AND typsend <> 0 AS "isBinary"
  FROM pg_type AS type
  WHERE typtype NOT IN ('c', 'd', 'e', 'm', 'p', 'r') AND typisdefined
    AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = type.oid)
    AND (type.oid < 16384 OR EXISTS (
      SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
      WHERE d.classid = 'pg_type'::regclass AND d.objid = type.oid AND d.deptype = 'e'
        AND d.refclassid = 'pg_extension'::regclass AND e.extname = ANY ($1)))
  ORDER BY typname COLLATE "C"`;

/** A base type of a server. */
interface BaseType {
  readonly name: string;
  /** Whether it has a receive and a send function, which binary COPY needs. */
  readonly isBinary: boolean;
}

/** The base types by name, of the server and of the extensions; each can be a table's column. */
export async function baseTypesOf(
  client: Queryable,
  extensions: readonly string[] = EXTENSIONS_WITH_TYPES,
): Promise<BaseType[]> {
  const { rows } = await client.query(BASE_TYPES, [extensions]);
  return rows as BaseType[];
}

/** Why a type is not handled, and which major versions of PostgreSQL have it so. */
interface Reason {
  readonly reason: string;
  /** @default 13 */
  readonly since?: number;
  /** @default the newest */
  readonly until?: number;
}

type Reasons = Readonly<Record<string, Reason>>;

/** The names that a list has for a major version, in order. */
export function namesIn(reasons: Reasons, major: number): string[] {
  return Object.entries(reasons)
    .filter(([, { since = 13, until = Infinity }]) => since <= major && major <= until)
    .map(([name]) => name)
    .toSorted();
}

/** Types whose receive function rejects every value. */
export const UNHANDLED: Reasons = {
  pg_brin_bloom_summary: {
    reason: "brin_bloom_summary_recv in src/backend/access/brin/brin_bloom.c rejects every value",
    since: 14,
  },
  pg_brin_minmax_multi_summary: {
    reason:
      "brin_minmax_multi_summary_recv in src/backend/access/brin/brin_minmax_multi.c rejects every value",
    since: 14,
  },
  pg_dependencies: {
    reason: "pg_dependencies_recv in src/backend/statistics/dependencies.c rejects every value",
  },
  pg_mcv_list: { reason: "pg_mcv_list_recv in src/backend/statistics/mcv.c rejects every value" },
  pg_ndistinct: {
    reason: "pg_ndistinct_recv in src/backend/statistics/mvdistinct.c rejects every value",
  },
  pg_node_tree: {
    reason: "pg_node_tree_recv in src/backend/utils/adt/pseudotypes.c rejects every value",
  },
};

const ISN = { reason: "CREATE TYPE in contrib/isn/isn--1.1.sql names no receive function" };
const INDEX_KEY = { reason: "an index key: its input function rejects every value" };

/** Types without a receive or a send function, for which the server rejects any binary COPY. */
export const WITHOUT_BINARY_FORM: Reasons = {
  aclitem: { reason: "src/include/catalog/pg_type.dat names no receive function" },
  cube: { reason: "cube_recv came with version 1.5 of the extension, in PostgreSQL 14", until: 13 },
  ean13: ISN,
  gbtreekey16: INDEX_KEY,
  gbtreekey2: { ...INDEX_KEY, since: 15 },
  gbtreekey32: INDEX_KEY,
  gbtreekey4: INDEX_KEY,
  gbtreekey8: INDEX_KEY,
  gbtreekey_var: INDEX_KEY,
  ghstore: INDEX_KEY,
  gtrgm: INDEX_KEY,
  gtsvector: INDEX_KEY,
  intbig_gkey: INDEX_KEY,
  isbn: ISN,
  isbn13: ISN,
  ismn: ISN,
  ismn13: ISN,
  issn: ISN,
  issn13: ISN,
  ltree_gist: INDEX_KEY,
  query_int: { reason: "CREATE TYPE in contrib/intarray names no receive function" },
  seg: { reason: "CREATE TYPE in contrib/seg names no receive function" },
  upc: ISN,
};

const POSTGIS = { reason: "CREATE TYPE in postgis/postgis.sql.in names no receive function" };

/** The types of PostGIS 3 without a receive function. */
export const POSTGIS_WITHOUT_BINARY_FORM: Reasons = {
  box2d: POSTGIS,
  box2df: POSTGIS,
  box3d: POSTGIS,
  gidx: POSTGIS,
  spheroid: POSTGIS,
};
