// Reads a source until SIGTERM, in a process of its own that may be killed: node reader-program.js CONFIG
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { ConnectError } from "../../../dist/index.js";
import type { ProgramConfig, ProgramEntry } from "./program-entry.js";
import { SourceReader } from "./source-reader.js";
import { openWriter, type Writer } from "./writer.js";

const RETRY_MS = 20;

const { source, log, run, seed, ...writing } = JSON.parse(process.argv[2]!) as ProgramConfig;

/** The system keeps what was written, however this process ends. */
function enter(entry: ProgramEntry["entry"]): void {
  const line: ProgramEntry = { run, entry };
  appendFileSync(log, `${JSON.stringify(line)}\n`);
}

async function connect(): Promise<Writer> {
  for (;;) {
    try {
      return await openWriter(writing, ({ row }) => enter({ what: "refused", id: Number(row.id) }));
    } catch (error) {
      if (!(error instanceof ConnectError)) {
        throw error;
      }
      await sleep(RETRY_MS);
    }
  }
}

const writer = await connect();
const reader = new SourceReader(writer.open(source, 0), { enter, seed, isLastOwner: false });
process.on("SIGTERM", () => reader.stop());
enter({ what: "started" });
const end = await reader.run();
await writer.close();
if (end !== undefined) {
  enter({ what: "ended", position: end });
}
