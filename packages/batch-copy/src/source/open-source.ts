import type { Admission } from "../batch/admission.js";
import { checkCallOptions } from "../call-options.js";
import type { Connections } from "../copy/connections.js";
import type { Delivery } from "../delivery/delivery.js";
import { ClosedError } from "../errors.js";
import { invalid, shown } from "../invalid-option.js";
import { fateObstacles } from "../ledger/fate-obstacles.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import { checkSourceName } from "../ledger/source-name.js";
import { mismatch } from "../table/mismatch.js";
import { claimSource, nameConnection } from "./claim.js";
import type { MakeInvalidRow } from "./make-invalid-row.js";
import { OwnSource } from "./own-source.js";
import type { PendingClaims } from "./pending-claims.js";
import { toPosition } from "./position.js";
import { createSource, type Source, type SourceOptions } from "./source.js";

/** What opening a source takes. */
export interface SourcePlace<Row extends object> {
  readonly connections: Connections;
  /** Opens the ledger, if it is not open. */
  readonly openLedger: () => Promise<LedgerTable>;
  /** The uuid of the copier or group. */
  readonly session: string;
  readonly claims: PendingClaims;
  /** The table of all its rows; undefined if each row has one of its own. */
  readonly table: SourceTable | undefined;
  /** Whether rows are not accepted any more. */
  readonly isClosed: () => boolean;
  /** Whether the current code runs in an `onReject` that its position may wait for. */
  readonly isInHandler: () => boolean;
  /** Warns of a source that is lost. */
  readonly warn: (message: string) => void;
  readonly admission: Admission<Row>;
  readonly delivery: Delivery<Row>;
  /** Undefined without a table of dead letters. */
  readonly invalidRow: MakeInvalidRow<Row> | undefined;
}

/** The table of a source. */
interface SourceTable {
  /** Its qualified name, quoted. */
  readonly name: string;
  readonly oid: number;
}

/** A source that was opened, and its inside. */
export interface OpenedSource<Row extends object> {
  readonly source: Source<Row>;
  readonly own: OwnSource;
}

/**
 * Opens a source. See `Copier.source`.
 */
export async function openSource<Row extends object>(
  place: SourcePlace<Row>,
  name: string,
  options: SourceOptions,
): Promise<OpenedSource<Row>> {
  const { start, onLost } = checkSourceOptions(name, options);
  const { connections, session, table, admission, delivery, invalidRow } = place;
  if (place.isClosed()) {
    throw new ClosedError();
  }
  const ledger = await place.openLedger();
  const owners = place.claims.begin(name);
  const order = { name, start, session, owner: owners.at(-1)! };
  const claiming = connections.use(async (client) => {
    const obstacles = table === undefined ? [] : await fateObstacles(table.oid, client);
    if (table !== undefined && obstacles.length > 0) {
      throw mismatch(table.name, obstacles);
    }
    if (connections.isOwn) {
      await nameConnection(client, session);
    }
    return claimSource(client, ledger, order);
  });
  const claim = await claiming.catch((error: unknown) => {
    place.claims.fail(name, owners);
    throw error;
  });
  delivery.keepOrder();
  const claimed = { ...claim, owners };
  const own = new OwnSource(name, claimed, {
    onLost,
    refuseWaiting: (source, error) =>
      admission.refuse(({ unit }) => unit?.source === source, error),
    warn: place.warn,
  });
  const { isInHandler } = place;
  return { own, source: createSource({ own, admission, invalidRow, isInHandler }) };
}

function checkSourceOptions(
  name: string,
  options: SourceOptions,
): { readonly start: bigint | undefined; readonly onLost: SourceOptions["onLost"] } {
  checkSourceName(name);
  checkCallOptions("source()", options, ["start", "onLost"]);
  const { start, onLost } = options;
  if (onLost !== undefined && typeof onLost !== "function") {
    throw invalid(`onLost must be a function, got ${shown(onLost)}`);
  }
  return { start: start === undefined ? undefined : toPosition(start), onLost };
}
