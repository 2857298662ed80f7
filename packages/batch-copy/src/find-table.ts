import { quoteQualified } from "./codecs/identifier.js";
import type { LetterTable } from "./dead-letters/letter-table.js";
import { isForOperator } from "./delivery/disposition.js";
import { BatchCopyError, ConnectError } from "./errors.js";
import type { Hub } from "./hub.js";
import { fateObstacles } from "./ledger/fate-obstacles.js";
import {
  presumedTarget,
  recalledTarget,
  rememberedTarget,
  type RememberedTarget,
} from "./remembered/remembered-target.js";
import type { ConflictRule } from "./table/conflict-rule.js";
import { findTarget, type CopyTarget } from "./table/copy-target.js";
import type { FieldChoice, FieldOptions } from "./table/field-choice.js";
import { columnsOf, type Table } from "./table/table.js";

/** How a table is asked for. */
export interface WantedTable {
  readonly table: Table | string;
  /** What the choice of columns depends on. */
  readonly options?: FieldOptions | undefined;
  /** Chooses the columns to fill of a table that is given by its name. */
  readonly fieldsOf: FieldChoice;
  readonly conflict: ConflictRule | undefined;
  /** The name of its table of dead letters, as SQL reads it. */
  readonly deadLetters: string | undefined;
}

/** A table that was found, and what it was asked for by. */
export interface FoundTable {
  readonly wanted: WantedTable;
  readonly target: CopyTarget;
  readonly letterTable: LetterTable | undefined;
  /** Why it does not share the fate of the ledger, if there is one. */
  readonly fateObstacles: readonly string[];
  /** Whether the table was looked at now; otherwise the database is away. */
  readonly isSeen: boolean;
}

const TEMPORARY =
  "a temporary table is visible only to the connection that created it: pass the pool that created it, with max: 1";

/**
 * Finds a table that a copier can fill. With a spool, the table need not be there now: what was found before,
 * or the definition alone, says how rows are written.
 *
 * @throws SchemaMismatchError, ConnectError or BatchCopyError as `Copier.connect()`.
 */
export async function findTable(hub: Hub, wanted: WantedTable): Promise<FoundTable> {
  const { remembered } = hub;
  if (remembered === undefined) {
    return findTableNow(hub, wanted);
  }
  const key = keyOf(wanted);
  try {
    const found = await findTableNow(hub, wanted);
    const { target, letterTable, fateObstacles: obstacles } = found;
    const known: Known = { target: rememberedTarget(target), letterTable, obstacles };
    await remembered.remember(key, known);
    return found;
  } catch (error) {
    if (error instanceof ConnectError && !isForOperator(error)) {
      return recalled(wanted, (await remembered.recall(key)) as Known | undefined, error);
    }
    throw error;
  }
}

/** What is remembered of a table. */
interface Known extends Pick<FoundTable, "letterTable"> {
  readonly target: RememberedTarget;
  readonly obstacles: readonly string[];
}

/** All that decides how rows are written, as far as the database does not. */
function keyOf({ table, options, conflict, deadLetters }: WantedTable): string {
  return JSON.stringify([describe(table), options, conflict, deadLetters]);
}

function describe(table: Table | string): unknown {
  if (typeof table === "string") {
    return table;
  }
  const columns = columnsOf(table).map(({ key, name, type }) => {
    return [key, name, type.name, type.sql, type.isNullable];
  });
  return [quoteQualified(table.schema, table.name), columns];
}

/** @throws ConnectError if nothing is known of the table */
function recalled(wanted: WantedTable, known: Known | undefined, error: ConnectError): FoundTable {
  const { table, deadLetters } = wanted;
  if (known !== undefined) {
    const { target, letterTable, obstacles } = known;
    const found = recalledTarget(table, target);
    return { wanted, target: found, letterTable, fateObstacles: obstacles, isSeen: false };
  }
  if (typeof table === "string") {
    throw error;
  }
  const letterTable = deadLetters === undefined ? undefined : { name: deadLetters, isUtf8: true };
  const target = presumedTarget(table);
  return { wanted, target, letterTable, fateObstacles: [], isSeen: false };
}

/** As {@link findTable}, if the database is there. */
export async function findTableNow(
  { connections, letterTables, options }: Hub,
  wanted: WantedTable,
): Promise<FoundTable> {
  const { table, fieldsOf, conflict, deadLetters } = wanted;
  const target = await connections.use((client) => findTarget(table, client, fieldsOf, conflict));
  if (target.isTemporary && !connections.isSingle) {
    throw new BatchCopyError("INVALID_OPTION", TEMPORARY);
  }
  connections.holdsTemporaryTable ||= target.isTemporary;
  const letterTable = deadLetters === undefined ? undefined : await letterTables.open(deadLetters);
  const obstacles =
    options.ledger && (await connections.use((client) => fateObstacles(target.oid, client)));
  return { wanted, target, letterTable, fateObstacles: obstacles ?? [], isSeen: true };
}
