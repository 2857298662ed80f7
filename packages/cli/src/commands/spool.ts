import { stat } from "node:fs/promises";

import {
  readSpool,
  repairSpool,
  type RepairOptions,
  type RepairResult,
  type SpoolStream,
} from "batch-copy";

import { EXIT } from "../failure.js";
import type { SpoolCommandOptions } from "../options/tool-options.js";
import { UsageError } from "../options/usage-error.js";
import { bytes } from "./bytes.js";
import { textTable, type TextColumn } from "./text-table.js";
import type { ToolOutput } from "./tool-output.js";

/** Lists the streams of a spool, or repairs them. */
export async function spool(
  { directory, json, repair }: SpoolCommandOptions,
  output: ToolOutput,
): Promise<number> {
  await checkDirectory(directory);
  const print = json ? printJson : printWords;
  if (repair === undefined) {
    print.streams(await readSpool(directory), output);
  } else {
    print.repair(await repairSpool(directory, repair), repair, output);
  }
  return EXIT.loaded;
}

async function checkDirectory(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      return undefined;
    }
    throw error;
  });
  if (found === undefined || !found.isDirectory()) {
    const reason = found === undefined ? "it does not exist" : "it is not a directory";
    throw new UsageError(`Cannot read the spool ${path}: ${reason}`);
  }
}

const printJson = {
  streams(streams: readonly SpoolStream[], { out }: ToolOutput): void {
    for (const { damage, ...stream } of streams) {
      const { file, message, offset } = damage ?? {};
      out(JSON.stringify({ ...stream, ...(damage && { damage: { file, offset, message } }) }));
    }
  },

  repair({ repaired, skipped }: RepairResult, _: RepairOptions, { out }: ToolOutput): void {
    repaired.forEach((stream) => out(JSON.stringify({ type: "repaired", ...stream })));
    skipped.forEach((stream) => out(JSON.stringify({ type: "skipped", ...stream })));
  },
};

const COLUMNS: readonly TextColumn[] = [
  { title: "stream" },
  { title: "state" },
  { title: "table" },
  { title: "rows", isNumber: true },
  { title: "size", isNumber: true },
  { title: "since" },
];

const printWords = {
  streams(streams: readonly SpoolStream[], { out, width }: ToolOutput): void {
    if (streams.length === 0) {
      out("The spool is empty.");
      return;
    }
    textTable(COLUMNS, streams.flatMap(rowsOf), width).forEach((line) => out(line));
    for (const { damage, id, obstacle } of streams) {
      if (damage !== undefined) {
        out(`${id}: ${damage.message}. Move it aside with: batch-copy spool repair`);
      }
      if (obstacle !== undefined) {
        out(`${id}: no process adopts it: ${obstacle}`);
      }
    }
  },

  repair(result: RepairResult, { stream }: RepairOptions, { out }: ToolOutput): void {
    if (result.repaired.length + result.skipped.length === 0) {
      out(stream === undefined ? "Nothing to repair." : `${stream} needs no repair.`);
    }
    for (const { id, moved, rowsLost } of result.repaired) {
      out(`${id}: repaired, ${rowsLost === 1 ? "1 row is" : `${rowsLost} rows are`} lost`);
      moved.forEach((path) => out(`  moved aside: ${path}`));
    }
    result.skipped.forEach(({ id, reason }) => out(`${id}: left as it is: ${reason}`));
  },
};

/** One for each table of the stream. Its size is that of all of them. */
function rowsOf(stream: SpoolStream): string[][] {
  const { createdAt, id, tables } = stream;
  const size = bytes(stream.bytes);
  const state = stateOf(stream);
  return tables.length === 0
    ? [[id, state, "", "", size, timeOf(createdAt)]]
    : tables.map(({ name, rows, since }, index) => {
        const isFirst = index === 0;
        return [
          isFirst ? id : "",
          isFirst ? state : "",
          name,
          String(rows),
          isFirst ? size : "",
          timeOf(since),
        ];
      });
}

function stateOf({ damage, isAlive, obstacle }: SpoolStream): string {
  if (isAlive) {
    return "in use";
  }
  return damage !== undefined ? "damaged" : obstacle !== undefined ? "stuck" : "waiting";
}

function timeOf(date: Date): string {
  return date.toISOString().replace("T", " ").replace(/\.\d+/, "");
}
