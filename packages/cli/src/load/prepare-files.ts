import type { LedgerEntry, TableDescription } from "batch-copy";

import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { UsageError } from "../options/usage-error.js";
import { planFields, type FieldPlan } from "./field-plan.js";
import type { LoadOutput } from "./load-output.js";
import { openRecordFile } from "./open-record-file.js";
import type { RecordFile } from "./record-file.js";
import { whereToBegin, type Beginning } from "./where-to-begin.js";

/** A file that is ready to be loaded. */
export interface PreparedFile {
  readonly file: RecordFile;
  readonly plan: FieldPlan;
  readonly beginning: SettledBeginning;
}

type SettledBeginning = Exclude<Beginning, { kind: "ask" | "changed" | "shrunk" }>;

/** What files are prepared with. */
export interface Preparation {
  readonly table: TableDescription;
  /** Its qualified name, quoted. */
  readonly tableName: string;
  readonly entries: readonly LedgerEntry[];
  /** A file that is open already. */
  readonly opened: Input | undefined;
  readonly options: LoadOptions;
  readonly output: LoadOutput;
}

/**
 * Opens the files, and decides where each of them begins, before anything is written.
 *
 * @throws InputError and UsageError
 */
export async function prepareFiles(
  paths: readonly string[],
  preparation: Preparation,
): Promise<PreparedFile[]> {
  const prepared: PreparedFile[] = [];
  for (const path of paths) {
    prepared.push(await prepareFile(path, preparation));
  }
  if (preparation.options.rejects !== undefined) {
    refuseOtherHeaders(prepared.map(({ file }) => file));
  }
  return prepared;
}

/** Rejected records of all files are in one file, which is to be loaded as it is. */
function refuseOtherHeaders(files: readonly RecordFile[]): void {
  const [first] = files;
  const other = files.find(({ format, header }) => {
    return format !== first!.format || Buffer.compare(header, first!.header) !== 0;
  });
  if (other !== undefined) {
    throw new UsageError(
      `--rejects needs files of the same format and with the same header, but those of ${first!.name} and ${other.name} differ: load them separately`,
    );
  }
}

async function prepareFile(
  path: string,
  { entries, opened, options, output, table, tableName }: Preparation,
): Promise<PreparedFile> {
  const file = await openRecordFile(path, table, options, opened);
  const plan = planFields(file.fields, table, options);
  const beginning = await whereToBegin(file, tableName, entries, options);
  switch (beginning.kind) {
    case "changed":
      throw new UsageError(
        `${file.name} has changed since it was loaded up to ${placeIn(file, beginning.position)}: its first bytes are different, so that nobody knows which of its rows are in the table. Load it as a new file, without --resume`,
      );
    case "shrunk":
      throw new UsageError(
        `${file.name} was loaded up to ${placeIn(file, beginning.position)}: it has become shorter, so that nobody knows which of its rows are in the table. To load it from its start, use --again instead of --resume`,
      );
    case "ask":
      return { file, plan, beginning: await settle(file, beginning, options, output) };
    default:
      return { file, plan, beginning };
  }
}

/** Asks what to do about a file that was loaded before. A dry run writes nothing. */
async function settle(
  file: RecordFile,
  { source, position }: Extract<Beginning, { kind: "ask" }>,
  { dryRun }: LoadOptions,
  output: LoadOutput,
): Promise<SettledBeginning> {
  if (dryRun) {
    return { kind: "again", source, position };
  }
  const isWhole = file.end !== undefined && position >= file.end;
  const found = isWhole
    ? `${file.name} was loaded before`
    : `${file.name} was loaded before, up to ${placeIn(file, position)}`;
  if (isWhole) {
    if ((await output.ask(`${found}. Load it once more?`)) === true) {
      return { kind: "again", source, position };
    }
    throw new UsageError(`${found}: use --again to load it once more`);
  }
  if ((await output.ask(`${found}. Go on from there?`)) === true) {
    return { kind: "resume", source, position };
  }
  throw new UsageError(
    `${found}: use --resume to load the rest of it, or --again to load all of it once more`,
  );
}

/** Such as `byte 1,048,576 of 2,000,000`. */
function placeIn({ end, unit }: RecordFile, position: number): string {
  const place = `${unit} ${position.toLocaleString("en-US")}`;
  return end === undefined ? place : `${place} of ${end.toLocaleString("en-US")}`;
}
