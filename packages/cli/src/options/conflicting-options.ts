import { resolve } from "node:path";

import type { GivenLoadOptions } from "./given-load-options.js";
import { shown } from "./option-values.js";
import { UsageError } from "./usage-error.js";

type Given = GivenLoadOptions;

/** A combination that is refused, with the reason. */
interface Conflict {
  readonly holds: (given: Given, files: readonly string[]) => boolean;
  readonly reason: string;
}

const hasMap = ({ map }: Given): boolean => map !== undefined;
const isOneOf = (value: string | undefined, ...values: string[]): boolean =>
  value !== undefined && values.includes(value);

const CONFLICTS: readonly Conflict[] = [
  {
    holds: ({ quiet, verbose }) => quiet === true && verbose === true,
    reason: "--quiet and --verbose cannot be used together",
  },
  {
    holds: ({ quiet, progress }) => quiet === true && isOneOf(progress, "bar", "plain"),
    reason: "--quiet shows no progress: leave out --progress",
  },
  {
    holds: ({ json, progress }) => json === true && isOneOf(progress, "bar", "plain"),
    reason:
      "--json writes the progress as JSON lines: leave out --progress, or use --progress none",
  },
  {
    holds: ({ resume, again }) => resume === true && again === true,
    reason:
      "--resume and --again cannot be used together: --resume goes on where a load stopped, --again begins anew",
  },
  {
    holds: ({ resume, truncate }) => resume === true && truncate === true,
    reason:
      "--resume and --truncate cannot be used together: --truncate would delete the rows that were loaded before",
  },
  {
    holds: ({ resume }, files) => resume === true && files.includes("-"),
    reason: "--resume cannot be used with stdin (-), which can be read only once",
  },
  {
    holds: (_, files) => files.filter((file) => file === "-").length > 1,
    reason: "stdin (-) can be read only once",
  },
  {
    holds: ({ key, onConflict }) => key !== undefined && onConflict === undefined,
    reason: "--key needs --on-conflict update or --on-conflict ignore",
  },
  {
    holds: (given) => hasMap(given) && given.columns !== undefined,
    reason: "--map and --columns cannot be used together: both say which columns are filled",
  },
  {
    holds: (given) => hasMap(given) && given.header === false,
    reason:
      "--map and --no-header cannot be used together: use --columns for a file without a header",
  },
];

/** Options that only files of some formats have a use for. */
const OF_FORMATS: readonly [option: string, key: keyof Given, formats: readonly string[]][] = [
  ["--delimiter", "delimiter", ["csv"]],
  ["--quote", "quote", ["csv"]],
  ["--null", "null", ["csv"]],
  ["--header or --no-header", "header", ["csv"]],
  ["--encoding", "encoding", ["csv", "ndjson"]],
  ["--compression", "compression", ["csv", "ndjson"]],
  ["--unknown-keys", "unknownKeys", ["ndjson"]],
];

/** @throws UsageError if options cannot be used together. */
export function refuseConflicts(given: Given, files: readonly string[]): void {
  const conflict = CONFLICTS.find(({ holds }) => holds(given, files));
  if (conflict !== undefined) {
    throw new UsageError(conflict.reason);
  }
  const { format } = given;
  const useless = OF_FORMATS.find(
    ([, key, formats]) =>
      format !== undefined && given[key] !== undefined && !formats.includes(format),
  );
  if (useless !== undefined) {
    throw new UsageError(`${useless[0]} cannot be used with --format ${format}`);
  }
  refuseToOverwriteInput(given.rejects, files);
}

function refuseToOverwriteInput(rejects: string | undefined, files: readonly string[]): void {
  const input =
    rejects === undefined
      ? undefined
      : files.find((file) => file !== "-" && resolve(file) === resolve(rejects));
  if (input !== undefined) {
    throw new UsageError(`--rejects must not be a file that is loaded, got ${shown(input)}`);
  }
}
