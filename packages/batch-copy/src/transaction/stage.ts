import type { Session } from "./session.js";
import type { Statement } from "./statement.js";

/** A temporary table that COPY fills, and from which the rows are then written to their table. */
export interface Stage {
  /** Its bare name. */
  readonly name: string;
  /** Its columns as in CREATE TABLE, in the order of a row's fields. */
  readonly columns: readonly string[];
}

/**
 * The order in which the rows came. Not `ctid`: in a table that was emptied, later rows may take earlier
 * places.
 */
export const ORDINAL = '"batch_copy ordinal"';

/**
 * How many stages a connection keeps. Each transaction that uses one of them empties all of them
 * (`PreCommit_on_commit_actions` in src/backend/commands/tablecmds.c), which takes 0.25 ms for each; to
 * create one takes 1.3 ms.
 */
const MAX_KEPT = 4;

/** The stages that connections keep: their columns by name, the one that was used last at the end. */
const keptBy = new WeakMap<object, ReadonlyMap<string, string>>();

/** The stage's name as statements have it. */
export function nameOf({ name }: Stage): string {
  return `pg_temp.${name}`;
}

/** What makes a stage ready in a transaction. */
interface Preparation {
  readonly statements: readonly Statement[];
  /** Called when the transaction is committed. */
  readonly onCommit: () => void;
}

/**
 * Prepares an empty stage. A connection of our own keeps it; on others, where nothing may be left behind
 * and the next transaction may use another backend, it lasts for the transaction.
 */
export function prepareStage(stage: Stage, { client, origin, isOwn }: Session): Preparation {
  const columns = [...stage.columns, `${ORDINAL} bigint GENERATED ALWAYS AS IDENTITY`].join(", ");
  const create = `CREATE TEMPORARY TABLE ${nameOf(stage)} (${columns}) ON COMMIT`;
  if (!isOwn || origin.isPooled) {
    return { statements: [{ sql: `${create} DROP` }], onCommit: noop };
  }
  const kept = new Map(keptBy.get(client));
  const isThere = kept.get(stage.name) === columns;
  const dropped = isThere ? [] : obsolete(kept, stage.name);
  [stage.name, ...dropped].forEach((name) => kept.delete(name));
  kept.set(stage.name, columns);
  const drops = dropped.map((name) => ({ sql: `DROP TABLE pg_temp.${name}` }));
  return {
    statements: isThere ? [] : [...drops, { sql: `${create} DELETE ROWS` }],
    onCommit: () => keptBy.set(client, kept),
  };
}

/** Forgets what a connection keeps, because it has lost it. */
export function forgetStages({ client }: Session): void {
  keptBy.delete(client);
}

/** What has to go before a stage is created: a former one for the same table, or the one least used. */
function obsolete(kept: ReadonlyMap<string, string>, name: string): string[] {
  if (kept.has(name)) {
    return [name];
  }
  return kept.size < MAX_KEPT ? [] : [...kept.keys()].slice(0, 1);
}

function noop(): void {}
