import type { Connections } from "../copy/connections.js";
import { Alarm } from "../delivery/alarm.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import type { SpoolSettings } from "../spool-option.js";
import { nodeDisk } from "../spool/node-disk.js";
import { SpoolDirectory } from "../spool/spool-directory.js";
import { unrefTimer } from "../timers.js";
import { FormerStreams } from "./former-streams.js";
import { Spool, type SpoolParts } from "./spool.js";
import { SpooledSources } from "./spooled-sources.js";

/** What a spool is opened with. */
interface SpoolPlace extends Pick<
  SpoolParts,
  "clock" | "isShared" | "maxBufferedBytes" | "target"
> {
  readonly connections: Connections;
  readonly ledger: LedgerTable;
}

/**
 * Opens the spool of a copier or group, and begins a stream.
 *
 * @throws SpoolError if its directory cannot be used
 */
export async function openSpool(
  settings: SpoolSettings,
  { connections, ledger, ...place }: SpoolPlace,
): Promise<Spool> {
  const { clock, target } = place;
  const disk = nodeDisk;
  const alarm = new Alarm(clock);
  const directory = await SpoolDirectory.open(settings.directory, {
    disk,
    after: unrefTimer,
    warn: (message) => alarm.sound(message, message),
  });
  const life = await directory.begin();
  const sources = new SpooledSources(connections, ledger);
  const { retainMs } = settings;
  let spool: Spool | undefined;
  const former = new FormerStreams({
    alarm,
    clock,
    directory,
    disk,
    onTrouble: (trouble) => spool?.onTrouble(trouble),
    retainMs,
    sources,
    target,
  });
  spool = await Spool.open({ ...place, alarm, disk, former, life, settings, sources });
  return spool;
}
