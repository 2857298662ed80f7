import { forgetSource, readLedger, type LedgerEntry } from "batch-copy";
import type { Pool } from "pg";

import { EXIT } from "../failure.js";
import { loadOf } from "../load/source-name.js";
import { withPool } from "../load/with-pool.js";
import type { LedgerCommandOptions } from "../options/tool-options.js";
import { age } from "./age.js";
import { sourcesToForget } from "./sources-to-forget.js";
import { textTable, type TextColumn } from "./text-table.js";
import type { ToolOutput } from "./tool-output.js";

/** Lists the sources of the ledger, or forgets some. */
export async function ledger(options: LedgerCommandOptions, output: ToolOutput): Promise<number> {
  return withPool(options.databaseUrl, async (pool) => {
    const entries = await readLedger(pool, { table: options.ledger });
    if (options.forget !== undefined) {
      return forget(pool, sourcesToForget(options.forget, entries, options.force), options, output);
    }
    list(entries, options, output);
    return EXIT.loaded;
  });
}

async function forget(
  pool: Pool,
  sources: readonly LedgerEntry[],
  { json, ledger: table }: LedgerCommandOptions,
  output: ToolOutput,
): Promise<number> {
  for (const entry of sources) {
    const isForgotten = await forgetSource(pool, entry.source, { table });
    if (json) {
      output.out(JSON.stringify({ source: entry.source, isForgotten }));
    } else {
      output.out(`Forgot ${wordsFor(entry)}, which was at ${entry.position}.`);
    }
  }
  return EXIT.loaded;
}

const COLUMNS: readonly TextColumn[] = [
  { title: "source" },
  { title: "position", isNumber: true },
  { title: "age", isNumber: true },
  { title: "connected" },
];

function list(
  entries: readonly LedgerEntry[],
  { json }: LedgerCommandOptions,
  output: ToolOutput,
): void {
  if (json) {
    entries.forEach((entry) => output.out(jsonOf(entry)));
  } else if (entries.length === 0) {
    output.out("The ledger has no sources.");
  } else {
    const rows = entries.map((entry) => [
      wordsFor(entry),
      String(entry.position),
      age(entry.ageMs),
      connectionOf(entry),
    ]);
    textTable(COLUMNS, rows, output.width).forEach((line) => output.out(line));
  }
}

/** A position may be more than a number of JavaScript can hold: it is a string. */
function jsonOf(entry: LedgerEntry): string {
  const { source, position, updatedAt, ageMs, session, isConnected = null } = entry;
  const load = loadOf(source);
  return JSON.stringify({
    source,
    position: String(position),
    updatedAt,
    ageMs: Math.round(ageMs),
    session,
    isConnected,
    ...(load && { file: load.path, table: load.table }),
  });
}

function wordsFor({ source }: LedgerEntry): string {
  const load = loadOf(source);
  return load === undefined ? source : `${load.path} into ${load.table}`;
}

function connectionOf({ isConnected }: LedgerEntry): string {
  return isConnected === undefined ? "unknown" : isConnected ? "yes" : "no";
}
