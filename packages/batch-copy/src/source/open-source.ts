import type { Admission } from "../batch/admission.js";
import { checkCallOptions } from "../call-options.js";
import type { Connections } from "../copy/connections.js";
import type { Delivery } from "../delivery/delivery.js";
import { invalid, shown } from "../invalid-option.js";
import { fateObstacles } from "../ledger/fate-obstacles.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import { checkSourceName } from "../ledger/source-name.js";
import { mismatch } from "../table/mismatch.js";
import { claimSource, nameConnection } from "./claim.js";
import type { MakeInvalidRow } from "./make-invalid-row.js";
import { OwnSource } from "./own-source.js";
import { toPosition } from "./position.js";
import { createSource, type Source, type SourceOptions } from "./source.js";

/** What opening a source of a table takes. */
export interface SourceTable<Row extends object> {
  readonly connections: Connections;
  /** Opens the ledger, if it is not open. */
  readonly openLedger: () => Promise<LedgerTable>;
  /** The uuid of the copier or group. */
  readonly session: string;
  /** The table's qualified name, quoted. */
  readonly name: string;
  readonly oid: number;
  readonly admission: Admission<Row>;
  readonly delivery: Delivery<Row>;
  /** Undefined without a table of dead letters. */
  readonly invalidRow: MakeInvalidRow | undefined;
}

/**
 * Opens a source. See `Copier.source`.
 */
export async function openSource<Row extends object>(
  table: SourceTable<Row>,
  name: string,
  options: SourceOptions,
): Promise<Source<Row>> {
  const { start, onLost } = checkSourceOptions(name, options);
  const { connections, session, admission, delivery, invalidRow } = table;
  const ledger = await table.openLedger();
  const claim = await connections.use(async (client) => {
    const obstacles = await fateObstacles(table.oid, client);
    if (obstacles.length > 0) {
      throw mismatch(table.name, obstacles);
    }
    if (connections.isOwn) {
      await nameConnection(client, session);
    }
    return claimSource(client, ledger, { name, start, session });
  });
  delivery.keepOrder();
  const own = new OwnSource(name, claim, onLost, (error) => admission.refuse(own, error));
  return createSource({ own, admission, invalidRow });
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
