// Sends rows through a spool until SIGTERM, in a process of its own that may be killed: node sender-program.js CONFIG
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { ConnectError, Copier, CopierGroup } from "../../../dist/index.js";
import { produce } from "./producer.js";
import { tableOf, type SenderConfig, type SenderReport } from "./sender-config.js";
import { sentTable, type SentRow } from "./sent-row.js";
import { KINDS } from "./sent-tables.js";

const RETRY_MS = 20;

interface Sender {
  readonly copiers: ReadonlyMap<string, Copier<SentRow>>;
  readonly close: () => Promise<void>;
}

const config = JSON.parse(process.argv[2]!) as SenderConfig;
const { life, mostText, producers, seed, schema, tables } = config;
let isStopped = false;
process.on("SIGTERM", () => {
  isStopped = true;
});

/** The pipe keeps what was written, however this process ends. */
function report(line: SenderReport): void {
  const text = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < text.length;) {
    written += writeSync(1, text, written);
  }
}

async function open(): Promise<Sender> {
  const { kind, letters: deadLetters } = config;
  const options = { ...config.options, deadLetters };
  const { onConflict } = KINDS[kind];
  if (tables.length === 1) {
    const [name] = tables as [string];
    const definition = sentTable(name, schema);
    const copier = await Copier.connect(definition, { ...options, onConflict: onConflict(name) });
    return { copiers: new Map([[name, copier]]), close: () => copier.close() };
  }
  const group = await CopierGroup.connect(options);
  const copiers = new Map<string, Copier<SentRow>>();
  try {
    for (const name of tables) {
      const settings = { onConflict: onConflict(name) };
      copiers.set(name, await group.copier(sentTable(name, schema), settings));
    }
  } catch (error) {
    await group.close({ timeoutMs: 0 });
    throw error;
  }
  return { copiers, close: () => group.close() };
}

/** The server may be away. */
async function connect(): Promise<Sender> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof ConnectError)) {
        throw error;
      }
      await sleep(RETRY_MS);
    }
  }
}

const { copiers, close } = await connect();
report({ what: "connected" });
await Promise.all(
  Array.from({ length: producers }, (_, producer) =>
    produce({
      copier: copiers.get(tableOf(tables, producer))!,
      life,
      producer,
      mostText,
      seed: seed + producer,
      report,
      isStopped: () => isStopped,
    }),
  ),
);
await close();
report({ what: "closed" });
