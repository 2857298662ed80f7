import { EQ, NE } from "../catalog-operators.js";

// Parts of the catalog query, which say what writes through a stage depend on. `r` is the relation, and
// `attribute` has its columns; see `catalog-query.ts`.

/** `ev_type` of pg_rewrite: CMD_UPDATE and CMD_INSERT (src/include/nodes/nodes.h). */
const ON_UPDATE = "'2'";
const ON_INSERT = "'3'";
/** Bits of `tgtype` (src/include/catalog/pg_trigger.h). */
const TRIGGER_ON_INSERT = 4;
const TRIGGER_ON_UPDATE = 16;
/** `FirstNormalObjectId` (src/include/access/transam.h): objects of users have higher OIDs. */
const FIRST_USER_OID = 16_384;
/** The support function of a btree that says whether equal values have equal bytes (`BTEQUALIMAGE_PROC`). */
const EQUAL_IMAGE_PROC = 4;

const AND = "OPERATOR(pg_catalog.&)";
const LESS = "OPERATOR(pg_catalog.<)";
const MORE = "OPERATOR(pg_catalog.>)";
const MINUS = "OPERATOR(pg_catalog.-)";
const TIMES = "OPERATOR(pg_catalog.*)";

function list(select: string): string {
  return `coalesce((SELECT pg_catalog.json_agg(${select}), '[]')`;
}

function rules(event: string, condition: string): string {
  return list(`w.rulename ORDER BY w.rulename) FROM pg_catalog.pg_rewrite w
    WHERE r.relhasrules AND w.ev_class ${EQ} r.oid AND w.ev_type ${EQ} ${event} ${condition}`);
}

const COLLATIONS = `coalesce((SELECT pg_catalog.json_object_agg(a.attname,
    pg_catalog.format('%I.%I', n.nspname, co.collname))
  FROM attribute a JOIN pg_catalog.pg_type ct ON ct.oid ${EQ} a.atttypid
  JOIN pg_catalog.pg_collation co ON co.oid ${EQ} a.attcollation
  JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} co.collnamespace
  WHERE a.attcollation ${NE} ct.typcollation), '{}')`;

/**
 * How a stage stores the columns whose values the table does not compress, or compresses in a way of their
 * own (`attcompression`, from PostgreSQL 14 on only, hence the way through jsonb), unlike others of their
 * types.
 */
const SPECIAL_STORAGE = `coalesce((SELECT pg_catalog.json_object_agg(a.attname,
    CASE WHEN a.attstorage ${EQ} 'p' THEN 'PLAIN' ELSE 'EXTERNAL' END)
  FROM attribute a JOIN pg_catalog.pg_type ct ON ct.oid ${EQ} a.atttypid
  WHERE (ct.typstorage ${EQ} 'x' OR ct.typstorage ${EQ} 'm')
    AND (a.attstorage ${EQ} 'p' OR a.attstorage ${EQ} 'e'
      OR coalesce(pg_catalog.to_jsonb(a) OPERATOR(pg_catalog.->>) 'attcompression', '') ${NE} '')), '{}')`;

/**
 * The functions in an expression that are not immutable. Their OIDs are in the text form of its tree, as
 * `:funcid`, `:opfuncid` and so on (src/include/nodes/primnodes.h).
 */
function functionsIn(tree: string): string {
  return list(`pg_catalog.json_build_object('name', p.proname,
      'isVolatile', p.provolatile ${EQ} 'v', 'isBuiltIn', p.oid ${LESS} ${FIRST_USER_OID}))
    FROM pg_catalog.regexp_matches(${tree}::pg_catalog.text, ':[a-z]*funcid ([0-9]+)', 'g') AS m(ids)
    JOIN pg_catalog.pg_proc p ON p.oid ${EQ} m.ids[1]::pg_catalog.oid
    WHERE p.provolatile ${NE} 'i'`);
}

/** `numeric(p, s)` has one form of each value; the type without parameters keeps trailing zeros. */
const IS_EQUAL_IMAGE = `(a.atttypid ${EQ} 'pg_catalog.numeric'::pg_catalog.regtype
    AND a.atttypmod ${MORE} 0)
  OR (EXISTS (SELECT FROM pg_catalog.pg_amproc s WHERE s.amprocfamily ${EQ} o.opcfamily
      AND s.amproclefttype ${EQ} o.opcintype AND s.amprocrighttype ${EQ} o.opcintype
      AND s.amprocnum ${EQ} ${EQUAL_IMAGE_PROC}
      AND s.amproc::pg_catalog.oid ${EQ} ANY (ARRAY['pg_catalog.btequalimage'::pg_catalog.regproc,
        'pg_catalog.btvarstrequalimage'::pg_catalog.regproc]::pg_catalog.oid[]))
    AND (o.opcintype ${NE} 'pg_catalog.bpchar'::pg_catalog.regtype OR a.atttypmod ${MORE} 0)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_collation co
      WHERE co.oid ${EQ} k.collation AND NOT co.collisdeterministic))`;

/** Characters have at most 4 bytes. The parameter of such types includes 4 bytes for the length. */
const MAX_BYTES = `CASE WHEN a.attlen ${MORE} 0 THEN a.attlen::integer
  WHEN a.atttypid ${EQ} ANY (ARRAY['pg_catalog.varchar'::pg_catalog.regtype,
    'pg_catalog.bpchar'::pg_catalog.regtype]::pg_catalog.oid[]) AND a.atttypmod ${MORE} 0
  THEN 4 ${TIMES} a.atttypmod END`;

/**
 * Whether an index compares values as its column's type does. An operator class may be the default of
 * another type: `text_ops` for a column of `citext`, of which it is another order. A domain has the
 * operators of the type that it is over.
 */
const HAS_DEFAULT_OPERATORS = `coalesce(o.opcdefault, false) AND NOT EXISTS (
    WITH RECURSIVE own(oid) AS (
      SELECT a.atttypid
      UNION ALL SELECT t.typbasetype FROM own JOIN pg_catalog.pg_type t ON t.oid ${EQ} own.oid
        WHERE t.typtype ${EQ} 'd'
    ) SELECT FROM own JOIN pg_catalog.pg_opclass other ON other.opcintype ${EQ} own.oid
    WHERE other.opcdefault AND other.opcmethod ${EQ} o.opcmethod AND other.oid ${NE} o.oid)`;

const INDEX_COLUMNS = list(`pg_catalog.json_build_object(
    'name', a.attname, 'isKey', k.operators IS NOT NULL,
    'hasDefaultOperators', ${HAS_DEFAULT_OPERATORS},
    'hasColumnCollation', coalesce(k.collation ${EQ} a.attcollation, false),
    'isEqualImage', ${IS_EQUAL_IMAGE},
    'maxBytes', ${MAX_BYTES}) ORDER BY k.n)
  FROM (SELECT u.attnum, u.n, i.indclass[(u.n ${MINUS} 1)::integer] AS operators,
      i.indcollation[(u.n ${MINUS} 1)::integer] AS collation
    FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS u(attnum, n)) k
  JOIN attribute a ON a.attnum ${EQ} k.attnum
  LEFT JOIN pg_catalog.pg_opclass o ON o.oid ${EQ} k.operators`);

const READS = list(`DISTINCT a.attname)
  FROM pg_catalog.regexp_matches(i.indexprs::pg_catalog.text, ':varattno ([0-9]+)', 'g') AS m(numbers)
  JOIN attribute a ON a.attnum ${EQ} m.numbers[1]::pg_catalog.int2`);

/** `pg_index` has `indnullsnotdistinct` from PostgreSQL 15 on only, hence the way through jsonb. */
const INDEXES = list(`pg_catalog.json_build_object(
    'oid', i.indexrelid::bigint, 'name', c.relname, 'isUnique', i.indisunique,
    'isPrimary', i.indisprimary, 'isValid', i.indisvalid, 'isExclusion', i.indisexclusion,
    'isImmediate', i.indimmediate, 'isPartial', i.indpred IS NOT NULL,
    'hasExpressions', i.indexprs IS NOT NULL,
    'areNullsDistinct', coalesce(
      pg_catalog.to_jsonb(i) OPERATOR(pg_catalog.->>) 'indnullsnotdistinct', 'false') ${EQ} 'false',
    'columns', ${INDEX_COLUMNS},
    'reads', ${READS}) ORDER BY c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid ${EQ} i.indexrelid
  WHERE i.indrelid ${EQ} r.oid`);

/** A partition's foreign key to a table that it is a part of references the partition as well. */
const FOREIGN_KEYS = list(`pg_catalog.json_build_object('name', o.conname,
    'isOfItself', o.confrelid ${EQ} o.conrelid OR EXISTS (
      SELECT FROM pg_catalog.pg_partition_ancestors(r.oid) AS whole(oid)
      WHERE whole.oid::pg_catalog.oid ${EQ} o.confrelid)) ORDER BY o.conname)
  FROM pg_catalog.pg_constraint o WHERE o.conrelid ${EQ} r.oid AND o.contype ${EQ} 'f'`);

const REFERENCES = list(`pg_catalog.json_build_object('name', o.conname,
    'columns', (SELECT pg_catalog.json_agg(a.attname) FROM attribute a
      WHERE a.attnum ${EQ} ANY (o.confkey)),
    'isFollowing', o.confupdtype ${NE} 'a' AND o.confupdtype ${NE} 'r') ORDER BY o.conname)
  FROM pg_catalog.pg_constraint o
  WHERE o.confrelid ${EQ} r.oid AND o.conrelid ${NE} r.oid AND o.contype ${EQ} 'f'`);

const CHECKS = list(`pg_catalog.json_build_object('name', o.conname,
    'functions', ${functionsIn("o.conbin")}) ORDER BY o.conname)
  FROM pg_catalog.pg_constraint o WHERE o.conrelid ${EQ} r.oid AND o.contype ${EQ} 'c'`);

/** Before PostgreSQL 15, copies of a partitioned table's triggers in its partitions are internal, too. */
const TRIGGERS = list(`pg_catalog.json_build_object('name', t.tgname,
    'isOnInsert', (t.tgtype::integer ${AND} ${TRIGGER_ON_INSERT}) ${NE} 0,
    'isOnUpdate', (t.tgtype::integer ${AND} ${TRIGGER_ON_UPDATE}) ${NE} 0) ORDER BY t.tgname)
  FROM pg_catalog.pg_trigger t
  WHERE t.tgrelid ${EQ} r.oid AND t.tgenabled ${NE} 'D'
    AND (NOT t.tgisinternal OR t.tgfoid OPERATOR(pg_catalog.>=) ${FIRST_USER_OID})`);

/** The type of a column, or of its elements, if this role may not use it. */
const UNUSABLE_TYPE = `(SELECT pg_catalog.json_build_object('schema', n.nspname, 'name', u.typname)
  FROM pg_catalog.pg_type u JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} u.typnamespace
  WHERE (u.oid ${EQ} ct.oid OR u.oid ${EQ} ct.typelem AND u.typarray ${EQ} ct.oid)
    AND NOT pg_catalog.has_type_privilege(u.oid, 'USAGE')
  ORDER BY u.oid ${EQ} ct.oid LIMIT 1)`;

/** The schemas of a column's type and collation that this role may not use. */
const UNUSABLE_SCHEMAS = list(`n.nspname ORDER BY n.nspname) FROM pg_catalog.pg_namespace n
  WHERE (n.oid ${EQ} ct.typnamespace OR n.oid ${EQ} (SELECT co.collnamespace
      FROM pg_catalog.pg_collation co
      WHERE co.oid ${EQ} a.attcollation AND a.attcollation ${NE} ct.typcollation))
    AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')`);

const COLUMNS = list(`pg_catalog.json_build_object('name', a.attname,
    'isSelectable', pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
    'isUpdatable', pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'UPDATE'),
    'isIdentity', a.attidentity ${NE} '',
    'unusableType', ${UNUSABLE_TYPE}, 'unusableSchemas', ${UNUSABLE_SCHEMAS},
    'functions', ${functionsIn("coalesce(d.adbin, ct.typdefaultbin)")}) ORDER BY a.attnum)
  FROM attribute a JOIN pg_catalog.pg_type ct ON ct.oid ${EQ} a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid ${EQ} a.attrelid AND d.adnum ${EQ} a.attnum`);

/** {@link WriteFacts} as JSON. */
export const WRITE_FACTS: string = `pg_catalog.json_build_object(
  'database', pg_catalog.current_database(), 'role', CURRENT_USER,
  'isolation', pg_catalog.current_setting('default_transaction_isolation'),
  'mayCreateTemporary',
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'),
  'mayUsePlpgsql', EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname ${EQ} 'plpgsql'
    AND pg_catalog.has_language_privilege(oid, 'USAGE')),
  'insertRules', ${rules(ON_INSERT, `AND w.ev_enabled ${NE} 'D'`)},
  'collations', ${COLLATIONS}, 'specialStorage', ${SPECIAL_STORAGE},
  'isPartition', r.relispartition, 'updateRules', ${rules(ON_UPDATE, "")},
  'indexes', ${INDEXES}, 'foreignKeys', ${FOREIGN_KEYS}, 'references', ${REFERENCES}, 'checks', ${CHECKS},
  'triggers', ${TRIGGERS}, 'columns', ${COLUMNS})`;
