import type { Sample } from "../run/sample.js";
import type { SpoolDisk } from "../run/spool-folder.js";
import { drawLines } from "./charts/lines.js";
import { comparedTable, type Measure } from "./compared.js";
import { formatMebibytes } from "./format.js";
import { drawMemory, peakOf } from "./memory-section.js";
import type { LabeledSamples, OutageFigures, SpoolFigures, SpoolWay } from "./results.js";
import { median, rowsPerSecond } from "./statistics.js";

const LATENCY_PICTURE = "spool-latency.svg";
const MEMORY_PICTURE = "spool-memory.svg";

const COUNT = new Intl.NumberFormat("en-US");

const P50: Measure = { name: "p50 ms", of: ({ latencyMs }) => latencyMs?.p50 ?? Number.NaN };
const P99: Measure = { name: "p99 ms", of: ({ latencyMs }) => latencyMs?.p99 ?? Number.NaN };
const RATE: Measure = { name: "rows/s", of: rowsPerSecond };
const ACCEPTED: Measure = {
  name: "durable rows/s",
  of: ({ rows, acceptedSeconds = Number.NaN }) => rows / acceptedSeconds,
};

const PER_SYNC: Measure = {
  name: "rows per sync",
  of: ({ rows, syncs = Number.NaN }) => rows / syncs,
};

/** What the spool costs. */
export function spoolSection({ disk, ways, outage }: SpoolFigures): string {
  return [
    `With a spool, \`send()\` resolves when its row is synced. ${diskText(disk)} The server compares the table with what was sent, as everywhere; after each run no rows may be left in the spool, and no source of it in the ledger. \`ratio\` compares a line with its counterpart in the same round; the table shows the median of the rounds, the lowest and the highest.`,
    "### Into the table",
    "Rows per second until all rows are committed, beside a copier without a spool and without a ledger. Few producers wait for many syncs, so with a spool they send fewer rows than without.",
    committedTable(ways),
    "### Onto the disk",
    "Append and fdatasync is a bare loop without a database and without an encoder. It appends the tuples of a ready file to another file, and syncs that before it goes on. It appends as many rows at a time as can wait for one sync: one of each producer, those of a call, or a mebibyte. What it has written must be the server's own encoding of the rows. Rows per second until the last call has resolved:",
    durableTable(ways),
    "The time of a call of `send()`, and of an append with its fdatasync. The ratio is that of p50:",
    latencyTable(ways),
    `![Milliseconds of send() by producers](${LATENCY_PICTURE})`,
    "### When the table cannot be written to",
    ...outageText(outage),
  ].join("\n\n");
}

/** The charts, by file name. */
export function spoolPictures({ ways, outage }: SpoolFigures): Record<string, string> {
  return {
    [LATENCY_PICTURE]: drawLatency(ways),
    [MEMORY_PICTURE]: drawMemory(
      "Memory while rows go to the spool",
      "seconds",
      outage.filling,
      ({ seconds }) => seconds,
    ),
  };
}

/** For a terminal: what the spool is measured by. */
export function spoolRatios({ ways, outage }: SpoolFigures): string {
  return [
    committedTable(ways),
    durableTable(ways),
    latencyTable(ways),
    comparedTable(outage.draining, [RATE]),
    peaksText(outage),
  ].join("\n\n");
}

function diskText({ fileSystem, isServers }: SpoolDisk): string {
  const where = `The spool is in a temporary folder on ${fileSystem}`;
  if (isServers === undefined) return `${where}.`;
  return `${where}, ${isServers ? "on the disk of the server's data" : "on another disk than the server's data"}.`;
}

function committedTable(ways: readonly SpoolWay[]): string {
  const lines = besideSpool(ways, ({ plain }, label) => ({ label, samples: plain }));
  return comparedTable(lines, [RATE]);
}

function durableTable(ways: readonly SpoolWay[]): string {
  return comparedTable(besideSpool(ways, appendedLine), [ACCEPTED, PER_SYNC]);
}

function latencyTable(ways: readonly SpoolWay[]): string {
  const sending = ways.filter(({ callers }) => callers !== undefined);
  return comparedTable(besideSpool(sending, appendedLine), [P50, P99]);
}

/** The line that each way with a spool is compared with, and the way. */
function besideSpool(
  ways: readonly SpoolWay[],
  baseOf: (way: SpoolWay, label: string) => LabeledSamples,
): LabeledSamples[] {
  return ways.flatMap((way) => {
    const base = baseOf(way, way.label);
    return [base, { label: `${way.label}, spool`, base: base.label, samples: way.spool }];
  });
}

function appendedLine({ appended }: SpoolWay, label: string): LabeledSamples {
  return { label: `${label}: append and fdatasync`, samples: appended };
}

function outageText(outage: OutageFigures): string[] {
  const { rows, draining } = outage;
  return [
    `The table is locked while a process sends ${COUNT.format(rows)} rows to its spool. When all are durable, it ends without closing the copier. Resident size of the whole process, Node.js included, where \`maxBufferedBytes\` is 64 MiB. ${peaksText(outage)}`,
    `![Resident size while rows go to the spool](${MEMORY_PICTURE})`,
    "Then the table is unlocked. Another process connects, writes to the table what is in the spool, and closes. The time is from the call of `connect()` until `close()` has resolved. The ratio compares it with `COPY` of ready files over 2 connections:",
    comparedTable(draining, [RATE]),
  ];
}

function peaksText({ filling }: OutageFigures): string {
  const peaks = filling.map(
    ({ label, watched }) => `${label} ${formatMebibytes(peakOf(watched))} MiB`,
  );
  return `Peaks: ${peaks.join(", ")}.`;
}

function drawLatency(ways: readonly SpoolWay[]): string {
  const linesOf = (label: string, samplesOf: (way: SpoolWay) => readonly Sample[]) =>
    [P50, P99].map(({ name, of }) => ({
      label: `${label}, ${name.replace(" ms", "")}`,
      points: ways.flatMap((way) =>
        way.callers === undefined ? [] : [{ x: way.callers, y: median(samplesOf(way).map(of)) }],
      ),
    }));
  return drawLines({
    title: "send() with a spool",
    x: { label: "producers", type: "log", tickFormat: "~s" },
    y: { label: "ms", type: "log", tickFormat: "~g", zero: false },
    dotted: true,
    lines: [
      ...linesOf("send()", ({ spool }) => spool),
      ...linesOf("append and fdatasync", ({ appended }) => appended),
    ],
  });
}
