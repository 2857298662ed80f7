import { EQ, NE } from "../catalog-operators.js";
import { quoteQualified } from "../codecs/identifier.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";

/** Why a relation does not share the fate of the ledger. */
type Kind = "unlogged" | "foreign" | "temporary";

interface Stray {
  readonly kind: Kind;
  readonly isPartition: boolean;
  readonly schema: string;
  readonly name: string;
}

const REASONS: Readonly<Record<Kind, string>> = {
  unlogged: "UNLOGGED, so a crash of the server empties it",
  foreign: "a foreign table, whose server commits on its own",
  temporary: "a temporary table, which is lost with its connection",
};

/** The table `$1` and its partitions; tables that merely inherit from it get none of its rows. */
const STRAYS = `WITH RECURSIVE part(oid, is_partition) AS (
    SELECT $1::pg_catalog.oid, false
    UNION ALL
    SELECT i.inhrelid, true FROM part
    JOIN pg_catalog.pg_inherits i ON i.inhparent ${EQ} part.oid
    JOIN pg_catalog.pg_class child ON child.oid ${EQ} i.inhrelid AND child.relispartition
  ), stray AS (
    SELECT CASE WHEN c.relkind ${EQ} 'f' THEN 'foreign'
        WHEN c.relpersistence ${EQ} 'u' THEN 'unlogged' ELSE 'temporary' END AS kind,
      part.is_partition AS "isPartition", n.nspname AS schema, c.relname AS name
    FROM part JOIN pg_catalog.pg_class c ON c.oid ${EQ} part.oid
    JOIN pg_catalog.pg_namespace n ON n.oid ${EQ} c.relnamespace
    WHERE c.relkind ${EQ} 'f'
      OR (c.relpersistence ${NE} 'p' AND (c.relkind ${EQ} 'r' OR NOT part.is_partition))
  )
  SELECT coalesce(pg_catalog.json_agg(stray ORDER BY schema, name), '[]')::pg_catalog.text FROM stray`;

/**
 * Why rows of a table can be lost, or written, without the ledger: the table or partitions of it are
 * UNLOGGED, temporary, or on another server. What triggers of a view write to is not known.
 *
 * @param oid that of the table
 * @returns a sentence for each kind of reason; none if the table shares the ledger's fate
 */
export async function fateObstacles(oid: number, connection: Queryable): Promise<string[]> {
  const strays = (await askCatalog(connection, STRAYS, [String(oid)])) as Stray[];
  const itself = strays.find(({ isPartition }) => !isPartition);
  if (itself !== undefined) {
    return [`it is ${REASONS[itself.kind]}`];
  }
  return (Object.keys(REASONS) as Kind[]).flatMap((kind) => {
    const [first, ...others] = strays.filter((stray) => stray.kind === kind);
    if (first === undefined) {
      return [];
    }
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    return [`its partition ${quoteQualified(first.schema, first.name)}${more} is ${REASONS[kind]}`];
  });
}
