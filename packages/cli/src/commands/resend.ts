import { Copier, resendDeadLetters, type RefusedLetter } from "batch-copy";

import { EXIT } from "../failure.js";
import { withPool } from "../load/with-pool.js";
import type { DeadLettersOptions } from "../options/tool-options.js";
import { LettersTable } from "./letters-table.js";
import { printable } from "./printable.js";
import type { ToolOutput } from "./tool-output.js";

/** Milliseconds for which a server that is away is waited for. */
const RETRY_MS = 30_000;

/** How many letters are shown that were rejected again. */
const SHOWN = 20;

/** Sends dead letters of a table again. */
export async function resend(
  table: string,
  { databaseUrl, json, letters, where }: DeadLettersOptions,
  output: ToolOutput,
): Promise<number> {
  // The copier would create a table of dead letters that does not exist.
  await withPool(databaseUrl, (pool) => LettersTable.open(pool, letters, where));
  const copier = await Copier.connect<object>(table, {
    deadLetters: letters,
    connections: 1,
    retry: { timeoutMs: RETRY_MS },
    ...(databaseUrl !== undefined && { databaseUrl }),
  });
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort(new Error("Interrupted: letters that were sent are deleted"));
  };
  process.once("SIGINT", interrupt);
  try {
    const { refused, sent } = await resendDeadLetters(copier, {
      where,
      signal: interruption.signal,
    });
    (json ? printJson : printWords)(sent, refused, output);
    return refused.length > 0 ? EXIT.withRejects : EXIT.loaded;
  } finally {
    process.off("SIGINT", interrupt);
    await copier.close();
  }
}

function printJson(sent: number, refused: readonly RefusedLetter[], { out }: ToolOutput): void {
  for (const { error, id, row } of refused) {
    const { message } = error;
    const sqlState = "sqlState" in error ? error.sqlState : undefined;
    const { column } = error;
    out(JSON.stringify({ type: "rejected", id: String(id), sqlState, column, message, row }));
  }
  out(JSON.stringify({ type: "summary", sent, rejected: refused.length }));
}

function printWords(sent: number, refused: readonly RefusedLetter[], { out }: ToolOutput): void {
  out(sent === 1 ? "1 letter is sent." : `${sent} letters are sent.`);
  if (refused.length === 0) {
    return;
  }
  const count = refused.length === 1 ? "1 letter was" : `${refused.length} letters were`;
  out(`${count} rejected again, and stay:`);
  for (const { error, id } of refused.slice(0, SHOWN)) {
    const sqlState = "sqlState" in error ? `${error.sqlState} ` : "";
    out(`  ${id}: ${sqlState}${printable(error.message)}`);
  }
  if (refused.length > SHOWN) {
    out(`  and ${refused.length - SHOWN} more`);
  }
}
