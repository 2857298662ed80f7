/**
 * Loads CSV files of spot prices, one producer per file; bad lines are reported and skipped.
 */
import assert from "node:assert/strict";
import { createReadStream, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { Copier, EncodeError, float8, table, text, timestamptz, type RowOf } from "batch-copy";
import { parse } from "csv-parse";

import { FileReport, printReports, sum } from "./load-csv/file-report.js";
import { readArguments, refuseArguments } from "./support/arguments.js";
import { connectToFresh, SCHEMA } from "./support/database.js";
import { findFiles } from "./support/find-files.js";
import { formatNumber, perSecond } from "./support/numbers.js";
import { withProgress } from "./support/progress.js";
import { writeSpotPrices } from "./support/spot-prices.js";

const HELP = `Usage: npm run example load-csv -- [FILE | PATTERN]...
  Loads into ${SCHEMA}.spotprices, which it recreates. A pattern may contain * in the file name:
  'data/prices-*.csv'. Without arguments, it generates files to load.
  Example of a line: 2017-05-08 21:38:41+00:00,d2.xlarge,SUSE Linux,us-east-1c,0.277`;

const spotprices = table(
  "spotprices",
  { dt: timestamptz, instance: text, os: text, region: text, az: text, price: float8 },
  { schema: SCHEMA },
);

type SpotPrice = RowOf<typeof spotprices>;

/** The fields of a line; `zone` is region and availability zone together. */
type Line = Record<"dt" | "instance" | "os" | "zone" | "price", string>;

/** The result of csv-parse. */
interface ParsedLine {
  readonly record: Line;
  readonly info: { readonly lines: number };
}

function toRow({ dt, instance, os, zone, price }: Line): SpotPrice {
  const number = Number(price);
  if (price.trim() === "" || !Number.isFinite(number)) {
    throw new EncodeError("price", price, `${JSON.stringify(price)} is not a number`);
  }
  if (zone.length < 2) {
    throw new EncodeError(
      "region",
      zone,
      `${JSON.stringify(zone)} is not a region and an availability zone`,
    );
  }
  // batch-copy parses the timestamp as it is in the file, and rejects an invalid one.
  return { dt, instance, os, region: zone.slice(0, -1), az: zone.slice(-1), price: number };
}

/** One producer: sends the lines of a file as fast as the copier accepts them. */
async function load(report: FileReport, copier: Copier<SpotPrice>): Promise<void> {
  const parser = parse({
    bom: true,
    columns: ["dt", "instance", "os", "zone", "price"],
    info: true,
    // These files have no quoting: a stray quote must not swallow the following lines.
    quote: null,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip(error) {
      report.addBad(Number(error?.["lines"]), error?.message ?? "");
    },
  });
  await pipeline(
    createReadStream(report.path),
    parser,
    async (lines: AsyncIterable<ParsedLine>) => {
      for await (const { record, info } of lines) {
        try {
          await copier.send(toRow(record));
          report.good++;
        } catch (error) {
          if (!(error instanceof EncodeError)) throw error;
          report.addBad(info.lines, error.message);
        }
      }
    },
  );
}

async function loadAll(paths: string[]): Promise<void> {
  const client = await connectToFresh(spotprices);
  const copier = await Copier.connect(spotprices);
  const reports = paths.map((path) => new FileReport(path));
  const startedAt = performance.now();
  const describe = (): string => {
    const { rowsCommitted } = copier.stats;
    return `${formatNumber(rowsCommitted)} rows, ${perSecond(rowsCommitted, startedAt)} rows/s`;
  };
  await withProgress(describe, Promise.all(reports.map((report) => load(report, copier))));
  await copier.close();

  const good = sum(reports, "good");
  const speed = perSecond(good, startedAt);
  printReports(reports);
  console.log(`${formatNumber(good)} rows in total, ${speed} rows/s`);

  const { rows } = await client.query(`SELECT count(*)::int FROM ${SCHEMA}.spotprices`);
  await client.end();
  assert.deepEqual(rows, [{ count: good }]);
  console.log("Checked: the table has a row for each good line.");
}

/** Generates files, loads them, and removes them. */
async function loadGenerated(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spotprices-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  process.once("SIGINT", () => process.exit(130));
  await loadAll(await writeSpotPrices({ folder, files: 8, lines: 12_500, badLines: 2 }));
}

async function filesOf(pattern: string): Promise<string[]> {
  const files = await findFiles(pattern);
  if (files.length === 0) refuseArguments(`No file matches ${pattern}`);
  return files;
}

const { values, positionals } = readArguments({
  allowPositionals: true,
  options: { help: { type: "boolean" } },
});
if (values.help) {
  console.log(HELP);
} else if (positionals.length === 0) {
  await loadGenerated();
} else {
  const files = await Promise.all(positionals.map(filesOf));
  await loadAll([...new Set(files.flat())]);
}
