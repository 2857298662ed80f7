import type { Connections } from "../copy/connections.js";
import { fateObstacles } from "../ledger/fate-obstacles.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import { mismatch } from "../table/mismatch.js";
import { claimSource, nameConnection } from "./claim.js";
import { OwnSource, type SourceHooks } from "./own-source.js";
import type { PendingClaims } from "./pending-claims.js";

/** Where sources are claimed. */
export interface ClaimPlace {
  readonly connections: Connections;
  /** Opens the ledger, if it is not open. */
  readonly openLedger: () => Promise<LedgerTable>;
  /** The uuid of the copier or group. */
  readonly session: string;
  readonly claims: PendingClaims;
  /** The table of all its rows; undefined if each row has one of its own. */
  readonly table: SourceTable | undefined;
}

/** The table of a source. */
interface SourceTable {
  /** Its qualified name, quoted. */
  readonly name: string;
  readonly oid: number;
}

/** A source that is to be claimed, and where it begins if the ledger does not know it. */
export interface WantedSource {
  readonly name: string;
  readonly start: bigint | undefined;
  /** See `ClaimOrder`. */
  readonly isDurable: boolean;
}

/**
 * Claims a source for this process.
 *
 * @throws SchemaMismatchError if the table does not share the fate of the ledger
 * @throws BatchCopyError with code `SOURCE_UNKNOWN` if the ledger does not know it and there is no start
 * @throws ConnectError
 */
export async function claimOwn(
  place: ClaimPlace,
  wanted: WantedSource,
  hooks: SourceHooks,
): Promise<OwnSource> {
  const { name } = wanted;
  const { connections, session, table } = place;
  const ledger = await place.openLedger();
  const owners = place.claims.begin(name);
  const order = { ...wanted, session, owner: owners.at(-1)! };
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
  const own = new OwnSource(name, { ...claim, owners }, hooks);
  place.claims.succeed(own);
  return own;
}
