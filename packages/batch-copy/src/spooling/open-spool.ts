import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Connections } from "../copy/connections.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import type { SpoolSettings } from "../spool-option.js";
import { nodeDisk } from "../spool/node-disk.js";
import { Spool, type SpoolParts } from "./spool.js";
import { SpooledSources } from "./spooled-sources.js";

/** What a spool is opened with. */
interface SpoolPlace extends Pick<SpoolParts, "clock" | "isShared" | "maxBufferedBytes"> {
  readonly connections: Connections;
  readonly ledger: LedgerTable;
}

/** Opens the spool of a copier or group. */
export async function openSpool(
  settings: SpoolSettings,
  { connections, ledger, ...place }: SpoolPlace,
): Promise<Spool> {
  const id = randomUUID();
  const directory = join(settings.directory, `${id}.${randomUUID()}`);
  await mkdir(directory, { recursive: true });
  const life = {
    id,
    directory,
    isOurs: () => existsSync(directory),
    end: () => rm(directory, { recursive: true }),
    leave: () => Promise.resolve(),
  };
  const sources = new SpooledSources(connections, ledger);
  return Spool.open({ ...place, disk: nodeDisk, life, settings, sources });
}
