import type { Session } from "./session.js";
import type { Statement } from "./statement.js";

/** A temporary table that COPY fills, and from which the rows are then written to their table. */
export interface Stage {
  /** Its bare name. */
  readonly name: string;
  /** Its columns as in CREATE TABLE, in the order of a row's fields. */
  readonly columns: readonly string[];
  /** `ALTER COLUMN … SET STORAGE …` for those that are not stored as others of their types. */
  readonly storage: readonly string[];
  /** Whether a connection may keep it. */
  readonly isKept: boolean;
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

/** The stages that connections keep: their definitions by name, the one that was used last at the end. */
const keptBy = new WeakMap<object, ReadonlyMap<string, string>>();

/** What they will keep if a transaction commits that is being prepared. */
const keptInTransaction = new WeakMap<Session, Map<string, string>>();

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
 * Prepares an empty stage. A connection of our own keeps it, if no migration is hindered by that; on
 * others, where nothing may be left behind and the next transaction may use another backend, it lasts
 * for the transaction.
 */
export function prepareStage(stage: Stage, session: Session): Preparation {
  const { client, origin, isOwn } = session;
  if (!isOwn || origin.isPooled) {
    return { statements: creationOf(stage, "DROP"), onCommit: noop };
  }
  const creation = creationOf(stage, stage.isKept ? "DELETE ROWS" : "DROP");
  const definition = creation.map(({ sql }) => sql).join("; ");
  const kept = keptIn(session);
  if (kept.get(stage.name) === definition) {
    kept.delete(stage.name);
    kept.set(stage.name, definition);
    return { statements: [], onCommit: () => keptBy.set(client, kept) };
  }
  const dropped = [stage.name, ...(stage.isKept ? leastUsed(kept, stage.name) : [])];
  dropped.forEach((name) => kept.delete(name));
  if (stage.isKept) {
    kept.set(stage.name, definition);
  }
  // The stage may be there although it was forgotten.
  const drop = `DROP TABLE IF EXISTS ${dropped.map((name) => `pg_temp.${name}`).join(", ")}`;
  return {
    statements: [{ sql: drop }, ...creation],
    onCommit: () => keptBy.set(client, kept),
  };
}

/** What the connection keeps after the stages of a transaction that were prepared by now. */
function keptIn(session: Session): Map<string, string> {
  const kept = keptInTransaction.get(session) ?? new Map(keptBy.get(session.client));
  keptInTransaction.set(session, kept);
  return kept;
}

function creationOf(stage: Stage, onCommit: "DROP" | "DELETE ROWS"): Statement[] {
  const name = nameOf(stage);
  const columns = [...stage.columns, `${ORDINAL} bigint GENERATED ALWAYS AS IDENTITY`].join(", ");
  return [
    { sql: `CREATE TEMPORARY TABLE ${name} (${columns}) ON COMMIT ${onCommit}` },
    // In CREATE TABLE from PostgreSQL 16 on only.
    ...(stage.storage.length === 0
      ? []
      : [{ sql: `ALTER TABLE ${name} ${stage.storage.join(", ")}` }]),
  ];
}

/** Forgets that a connection keeps the stage, because it may have lost it. */
export function forgetStage({ name }: Stage, { client }: Session): void {
  const kept = new Map(keptBy.get(client));
  kept.delete(name);
  keptBy.set(client, kept);
}

/** The stage that has to go before one of this name is created. */
function leastUsed(kept: ReadonlyMap<string, string>, name: string): string[] {
  const others = [...kept.keys()].filter((other) => other !== name);
  return others.slice(0, Math.max(0, others.length + 1 - MAX_KEPT));
}

function noop(): void {}
