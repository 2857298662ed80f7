import { Command, Option } from "commander";

import type { GivenLoadOptions } from "./given-load-options.js";
import type { LoadOptions } from "./load-options.js";
import { LOAD_DEFAULTS, resolveLoadOptions } from "./resolve-load-options.js";

const EXAMPLES = `
Examples:
  Load compressed CSV files; the header names the columns:
    batch-copy load prices-*.csv.gz --into app.prices
  Update rows that exist, keep what is rejected, and go on after an interruption:
    batch-copy load events.ndjson --into events --on-conflict update --key id \\
      --rejects rejected.ndjson --resume
  Load what another program writes, and name the columns:
    curl -s https://example.org/rates.csv | batch-copy load - --into rates \\
      --delimiter ';' --columns day,currency,rate

Exit codes:
  0  all rows are loaded
  1  the files are read to their end, and some rows were rejected
  2  the command cannot be carried out as it is given; nothing is loaded
  3  stopped before the end, by the database, --max-rejects or a signal; --resume goes on
`;

/** The command `load`, which hands its checked options to an action. */
export function loadCommand(action: (options: LoadOptions) => Promise<void>): Command {
  const command = new Command("load")
    .summary("load files into a table")
    .description(
      "Load CSV, NDJSON and Parquet files into a table of PostgreSQL. Rows are committed in batches while " +
        "the files are read. Rows that the server or batch-copy rejects do not affect the others.",
    )
    .usage("<file...> --into <table> [options]")
    .argument("[file...]", "files to load, patterns such as 'logs-*.csv', or - for stdin");
  addTarget(command);
  addFormat(command);
  addColumns(command);
  addRejects(command);
  addRun(command);
  addOutput(command);
  return command.addHelpText("after", EXAMPLES).action(async (files: string[]) => {
    await action(resolveLoadOptions(files, command.opts<GivenLoadOptions>()));
  });
}

function addTarget(command: Command): void {
  command
    .optionsGroup("Target:")
    .option("--into <table>", "table to load into, such as app.prices (required)")
    .option("--database-url <url>", "server; default: DATABASE_URL, else the PG* variables")
    .option("--on-conflict <action>", "update or ignore a row whose key exists; default: reject it")
    .option(
      "--key <columns>",
      "with --on-conflict: columns of the unique index; default: primary key",
    )
    .option("--truncate", "delete all rows of the table first; not with --resume")
    .option("--create", "create the table from the first file, if it does not exist")
    .option(
      "--names <rule>",
      "snake_case: unitPrice or Unit Price in a file is the column unit_price",
    );
}

function addFormat(command: Command): void {
  command
    .optionsGroup("Format:")
    .option("--format <format>", "csv, ndjson or parquet; default: by name, else by content")
    .option("--header", "the first line of a CSV file is a header")
    .option(
      "--no-header",
      "the first line is a row; default: it is a header if each field is a column",
    )
    .option("--delimiter <character>", "of CSV; tab for a tab; default: detected")
    .option("--quote <character>", 'of CSV; none if fields are never quoted; default: "')
    .option("--null <text>", "unquoted text that is NULL in CSV; default: the empty text")
    .option("--encoding <name>", "such as latin1, windows-1252 or utf-16le; default: utf-8")
    .option("--compression <method>", "gzip, zstd or none; default: by content")
    .option("--unknown-keys <action>", "of NDJSON: error or ignore; default: error");
}

function addColumns(command: Command): void {
  command
    .optionsGroup("Columns:")
    .option(
      "--columns <columns>",
      "columns of the fields of CSV, in their order, as in id,,price: an empty name skips a field; " +
        "there is no header, unless --header says that there is one to ignore. " +
        "Of NDJSON and Parquet: the only columns to load",
    )
    .addOption(
      repeatable("--map <name=column>", "name in the file, and its column; name= skips it"),
    )
    .addOption(repeatable("--set <column=value>", "the same value in each row"));
}

function addRejects(command: Command): void {
  command
    .optionsGroup("Rejected rows:")
    .option(
      "--rejects <file>",
      "write rejected rows to <file>, unchanged, and the reasons to <file>.reasons.ndjson; " +
        "default: count them, and show the first five",
    )
    .option(
      "--max-rejects <limit>",
      "stop if more rows are rejected: a number, or a percentage such as 0.5%; default: never",
    );
}

function addRun(command: Command): void {
  const { connections, batchRows, skip } = LOAD_DEFAULTS;
  command
    .optionsGroup("Run:")
    .option("--resume", "go on where an earlier load of the same files stopped; not with stdin")
    .option("--again", "load files that were loaded before once more; not with --resume")
    .option("--skip <count>", `skip records at the start of each file; default: ${skip}`)
    .option("--limit <count>", "read at most so many records, of all files together")
    .option("--dry-run", "read and check everything; write neither rows nor rejects")
    .option("--connections <count>", `connections that write at once; default: ${connections}`)
    .option(
      "--batch-rows <count>",
      `largest number of rows in a transaction; default: ${batchRows}`,
    )
    .option("--ledger <table>", "table that keeps positions; default: batch_copy_ledger");
}

function addOutput(command: Command): void {
  command
    .optionsGroup("Output:")
    .option("--progress <kind>", "auto, bar, plain or none; default: auto, a bar on a terminal")
    .option("--quiet", "show only errors, warnings and what was rejected; not with --verbose")
    .option("--verbose", "show also what was decided, and retries")
    .option("--json", "write progress, summary and errors as JSON lines to stdout")
    .helpOption("-h, --help", "show this help");
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(
    (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
  );
}
