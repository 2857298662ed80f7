import { EQ, NE } from "../catalog-operators.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";

/** A table with a foreign key, and the table that it refers to, by their qualified names. */
export type Reference = readonly [from: string, to: string];

/** A key may be one of a partition, and rows may be sent to one: partitions stand for their tables. */
const REFERENCES = `WITH wanted AS (
    SELECT name, coalesce(pg_catalog.pg_partition_root(oid), oid) AS root
    FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS name
    CROSS JOIN LATERAL pg_catalog.to_regclass(name) AS oid
  )
  SELECT coalesce(pg_catalog.json_agg(DISTINCT pg_catalog.jsonb_build_array(
    wanted.name, referenced.name)), '[]')::pg_catalog.text
  FROM pg_catalog.pg_constraint c
  JOIN wanted ON wanted.root ${EQ}
    coalesce(pg_catalog.pg_partition_root(c.conrelid), c.conrelid)::pg_catalog.oid
  JOIN wanted AS referenced ON referenced.root ${EQ}
    coalesce(pg_catalog.pg_partition_root(c.confrelid), c.confrelid)::pg_catalog.oid
  WHERE c.contype ${EQ} 'f' AND NOT c.condeferred AND wanted.root ${NE} referenced.root`;

/** The foreign keys between tables that are checked before the commit. */
export async function referencesBetween(
  names: readonly string[],
  connection: Queryable,
): Promise<readonly Reference[]> {
  return (await askCatalog(connection, REFERENCES, [JSON.stringify(names)])) as Reference[];
}

/** The tables in an order in which each comes after those that it refers to, as far as there are no cycles. */
export function referencedFirst(
  names: readonly string[],
  references: readonly Reference[],
): readonly string[] {
  const visited = new Set<string>();
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (!visited.has(name)) {
      visited.add(name);
      references.filter(([from]) => from === name).forEach(([, to]) => visit(to));
      ordered.push(name);
    }
  };
  names.forEach(visit);
  return ordered;
}
