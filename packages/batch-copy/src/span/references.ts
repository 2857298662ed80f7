import { EQ } from "../catalog-operators.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";

/** A table with a foreign key, and the table that it refers to, by their OIDs. */
export type Reference = readonly [from: number, to: number];

const REFERENCES = `SELECT coalesce(pg_catalog.json_agg(DISTINCT pg_catalog.jsonb_build_array(
    conrelid::pg_catalog.int8, confrelid::pg_catalog.int8)), '[]')::pg_catalog.text
  FROM pg_catalog.pg_constraint
  WHERE contype ${EQ} 'f' AND NOT condeferred
    AND conrelid ${EQ} ANY ($1::pg_catalog.oid[]) AND confrelid ${EQ} ANY ($1::pg_catalog.oid[])`;

/** The foreign keys between tables that are checked before the commit. */
export async function referencesBetween(
  oids: readonly number[],
  connection: Queryable,
): Promise<readonly Reference[]> {
  return (await askCatalog(connection, REFERENCES, [`{${oids.join()}}`])) as Reference[];
}

/** The tables in an order in which each comes after those that it refers to, as far as there are no cycles. */
export function referencedFirst(
  oids: readonly number[],
  references: readonly Reference[],
): readonly number[] {
  const visited = new Set<number>();
  const ordered: number[] = [];
  const visit = (oid: number): void => {
    if (!visited.has(oid)) {
      visited.add(oid);
      references.filter(([from]) => from === oid).forEach(([, to]) => visit(to));
      ordered.push(oid);
    }
  };
  oids.forEach(visit);
  return ordered;
}
