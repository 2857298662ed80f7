import { EQ, NE } from "../catalog-operators.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";

/** What a ledger has to be, beside its columns. */
export interface LedgerFacts {
  readonly isUnlogged: boolean;
  /** Whether no two rows can have the same source, and ON CONFLICT can rely on it. */
  readonly hasKey: boolean;
  /** Whether two sources are the same only if their bytes are. */
  readonly isExact: boolean;
  readonly hasRules: boolean;
  readonly hasChildren: boolean;
  /** The privileges that the role does not have. */
  readonly missing: readonly string[];
  readonly role: string;
}

/** A unique index over nothing but the source, checked at once: what ON CONFLICT (source) finds. */
const HAS_KEY = `EXISTS (SELECT FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_attribute a ON a.attrelid ${EQ} i.indrelid AND a.attnum ${EQ} i.indkey[0]
  WHERE i.indrelid ${EQ} c.oid AND a.attname ${EQ} 'source' AND i.indnkeyatts ${EQ} 1
    AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL)`;

const IS_EXACT = `NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_collation l ON l.oid ${EQ} a.attcollation
  WHERE a.attrelid ${EQ} c.oid AND a.attname ${EQ} 'source' AND NOT l.collisdeterministic)`;

const HAS_RULES = `EXISTS (SELECT FROM pg_catalog.pg_rewrite
  WHERE ev_class ${EQ} c.oid AND ev_enabled ${NE} 'D')`;

const MISSING = `(SELECT coalesce(pg_catalog.json_agg(name), '[]')
  FROM pg_catalog.unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege(name)
  WHERE NOT pg_catalog.has_table_privilege(c.oid, name))`;

const FACTS = `SELECT coalesce((SELECT pg_catalog.json_build_object(
    'isUnlogged', c.relpersistence ${EQ} 'u',
    'hasKey', ${HAS_KEY},
    'isExact', ${IS_EXACT},
    'hasRules', ${HAS_RULES},
    'hasChildren', EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent ${EQ} c.oid),
    'missing', ${MISSING},
    'role', current_user)
  FROM pg_catalog.pg_class c WHERE c.oid ${EQ} $1::pg_catalog.oid), 'null')::pg_catalog.text`;

/** @returns undefined if the table was dropped */
export async function readLedgerFacts(
  connection: Queryable,
  oid: number,
): Promise<LedgerFacts | undefined> {
  const facts = (await askCatalog(connection, FACTS, [String(oid)])) as LedgerFacts | null;
  return facts ?? undefined;
}
