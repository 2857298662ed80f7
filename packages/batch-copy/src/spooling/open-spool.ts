import type { Connections } from "../copy/connections.js";
import { Alarm } from "../delivery/alarm.js";
import { SpoolError } from "../errors.js";
import type { LedgerTable } from "../ledger/ledger-table.js";
import type { SpoolSettings } from "../spool-option.js";
import { nodeDisk } from "../spool/node-disk.js";
import { SpoolDirectory } from "../spool/spool-directory.js";
import type { SpoolTrouble } from "../spool/stream-settings.js";
import { unrefTimer } from "../timers.js";
import { FormerStreams } from "./former-streams.js";
import { LiveStream } from "./live-stream.js";
import { Spool, type SpoolParts } from "./spool.js";
import { SpooledSources } from "./spooled-sources.js";

/** What a spool is opened with. */
interface SpoolPlace extends Pick<
  SpoolParts,
  "clock" | "isShared" | "maxBufferedBytes" | "target"
> {
  readonly connections: Connections;
  readonly openLedger: () => Promise<LedgerTable>;
}

const SEGMENT_BYTES = 64 * 2 ** 20;

/**
 * Opens the spool of a copier or group, and begins a stream.
 *
 * @throws SpoolError if its directory cannot be used
 */
export async function openSpool(
  settings: SpoolSettings,
  { connections, openLedger, ...place }: SpoolPlace,
): Promise<Spool> {
  const { clock, isShared, target } = place;
  const disk = nodeDisk;
  const alarm = new Alarm(clock);
  const sources = new SpooledSources(connections, openLedger);
  const directory = await SpoolDirectory.open(settings.directory, {
    disk,
    forget: (stream) => sources.forget(stream),
    after: unrefTimer,
    warn: (message) => alarm.sound(message, message),
  });
  const { maxBytes, retainMs } = settings;
  let spool: Spool | undefined;
  const onTrouble = (trouble: SpoolTrouble): void => spool?.onTrouble(trouble);
  // Some are removed while another one is written. Where they are rewritten, room for one of them is kept free.
  const segmentBytes = Math.min(SEGMENT_BYTES, Math.floor(maxBytes / (isShared ? 8 : 4)));
  const files = { clock, isShared, onTrouble, retainMs, segmentBytes };
  const former = new FormerStreams({ ...files, alarm, directory, disk, sources, target });
  const stream = { ...files, maxBytes, otherBytes: () => former.bytes };
  const beginStream = async (): Promise<LiveStream> => {
    try {
      return await LiveStream.begin(disk, await directory.begin(), stream);
    } catch (error) {
      const { message } = error as Error;
      throw new SpoolError(`cannot use the spool directory ${directory.path}: ${message}`, {
        cause: error,
      });
    }
  };
  spool = await Spool.open({ ...place, alarm, beginStream, former, settings, sources });
  return spool;
}
