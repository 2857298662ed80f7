/** As much of a pg client or pool as is needed here. */
interface Queryable {
  query(text: string): Promise<{ rows: unknown[] }>;
}

/**
 * The base types of the server by name, those of the catalog and of every extension that is
 * installed: each of them can be a table's column. Arrays, enums, domains, composite types, ranges
 * and multiranges are handled by their kind, and pseudo types cannot be a column
 * (`CheckAttributeType` in src/backend/catalog/heap.c).
 */
const BASE_TYPES = `
  SELECT typname::text AS name, typreceive <> 0 AND typsend <> 0 AS is_binary
  FROM pg_type AS type
  WHERE typtype = 'b' AND typisdefined
    AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = type.oid)
  ORDER BY typname COLLATE "C"`;

async function baseTypes(client: Queryable, isBinary: boolean): Promise<string[]> {
  const { rows } = await client.query(BASE_TYPES);
  return (rows as { name: string; is_binary: boolean }[])
    .filter((type) => type.is_binary === isBinary)
    .map(({ name }) => name);
}

/**
 * The types that have binary receive and send functions, but are not among the names given: what
 * {@link UNHANDLED} says is allowed.
 */
export async function unhandledTypes(
  client: Queryable,
  handled: ReadonlySet<string>,
): Promise<string[]> {
  const names = await baseTypes(client, true);
  return names.filter((name) => !handled.has(name));
}

/** The types that no binary COPY fills: what {@link WITHOUT_BINARY_FORM} says is allowed. */
export function typesWithoutBinaryForm(client: Queryable): Promise<string[]> {
  return baseTypes(client, false);
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

/** The names for a major version, in the order in which the functions above give theirs. */
export function namesIn(reasons: Reasons, major: number): string[] {
  return Object.entries(reasons)
    .filter(([, { since = 13, until = Infinity }]) => since <= major && major <= until)
    .map(([name]) => name)
    .toSorted();
}

/** The extensions that come with PostgreSQL and have base types or domains. */
export const EXTENSIONS_WITH_TYPES: readonly string[] = [
  "btree_gist",
  "citext",
  "cube",
  "earthdistance",
  "hstore",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "pg_trgm",
  "seg",
];

/** Types with a receive function that refuses every value. */
export const UNHANDLED: Reasons = {
  pg_brin_bloom_summary: {
    reason: "brin_bloom_summary_recv in src/backend/access/brin/brin_bloom.c refuses all",
    since: 14,
  },
  pg_brin_minmax_multi_summary: {
    reason:
      "brin_minmax_multi_summary_recv in src/backend/access/brin/brin_minmax_multi.c refuses all",
    since: 14,
  },
  pg_dependencies: {
    reason: "pg_dependencies_recv in src/backend/statistics/dependencies.c refuses all",
  },
  pg_mcv_list: { reason: "pg_mcv_list_recv in src/backend/statistics/mcv.c refuses all" },
  pg_ndistinct: { reason: "pg_ndistinct_recv in src/backend/statistics/mvdistinct.c refuses all" },
  pg_node_tree: { reason: "pg_node_tree_recv in src/backend/utils/adt/pseudotypes.c refuses all" },
};

const ISN = { reason: "CREATE TYPE in contrib/isn/isn--1.1.sql names no receive function" };
const INDEX_KEY = { reason: "is what an index stores, its input function refuses all" };

/** Types without a receive or a send function: the server says so of any binary COPY. */
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
