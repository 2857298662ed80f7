import { isDeepStrictEqual } from "node:util";

import { resolveConflict } from "./conflict-options.js";
import type { CopierOptions } from "./copier-options.js";
import type { Rejection } from "./errors.js";
import { invalid } from "./invalid-option.js";
import { resolveOptions, type ResolvedOptions } from "./options.js";

/** With two, each table would write one batch at a time. */
const CONNECTIONS = 4;

/** The options that each table of a group may have on its own. */
const TABLE_OPTION_NAMES = [
  "columns",
  "names",
  "maxBatchRows",
  "maxBatchBytes",
  "flushIntervalMs",
  "onReject",
  "onConflict",
  "deadLetters",
] as const;

type TableOptionName = (typeof TABLE_OPTION_NAMES)[number];

/**
 * Options of one table of a group. What is not given is as in the options of the group.
 *
 * @example
 * const events = await group.copier("app.events", { flushIntervalMs: 1000 });
 */
export type TableCopierOptions<Row = object> = Pick<CopierOptions<Row>, TableOptionName>;

/**
 * Options of a group. All are optional. `connections`, `maxBufferedBytes` and the options about
 * connections and retries are those of all tables together; the others are defaults for each table.
 */
export interface CopierGroupOptions extends Omit<
  CopierOptions,
  "columns" | "names" | "onReject" | "onConflict"
> {
  /**
   * Maximum number of COPYs that run at once, over all tables. One is always left to tables that have
   * none, if there are several.
   * @default 4
   */
  connections?: number | undefined;
  /**
   * The rule by which the tables that are opened by name get the keys of their rows. Other `names` are
   * options of a table.
   * @default none: the keys are the names of the columns
   */
  names?: "snake_case" | undefined;
  /**
   * As the option of a copier, for the tables that have no `onReject` of their own. `table` says which
   * table the row was sent to.
   * @default none: `flush()` and `close()` reject with a RowsRejectedError
   */
  onReject?: ((rejection: Rejection) => void | Promise<void>) | undefined;
}

/**
 * Checks the options of a group and fills in the defaults.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`, which names the option.
 */
export function resolveGroupOptions(options: CopierGroupOptions): ResolvedOptions<object> {
  const { connections = CONNECTIONS } = options;
  const resolved = resolveOptions<object>({ ...options, connections });
  for (const name of ["columns", "onConflict"] as const) {
    if (resolved[name] !== undefined) {
      throw invalid(`${name} is an option of a table: pass it to copier()`);
    }
  }
  if (resolved.names !== undefined && resolved.names !== "snake_case") {
    throw invalid('names of a group must be "snake_case": pass other names to copier()');
  }
  return resolved;
}

/**
 * Checks the options of one table of a group, and fills in those of the group.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`, which names the option.
 */
export function resolveTableOptions(
  options: TableCopierOptions<never>,
  group: ResolvedOptions<object>,
): ResolvedOptions<object> {
  const resolved = resolveOptions(options);
  const names: readonly string[] = TABLE_OPTION_NAMES;
  const foreign = Object.keys(options).find((name) => !names.includes(name));
  if (foreign !== undefined) {
    throw invalid(`${foreign} is an option of the group: pass it to CopierGroup.connect()`);
  }
  const given = TABLE_OPTION_NAMES.filter((name) => options[name] !== undefined);
  return { ...group, ...Object.fromEntries(given.map((name) => [name, resolved[name]])) };
}

/** Whether two sets of table options say the same. */
export function areSameOptions(
  one: TableCopierOptions<never>,
  other: TableCopierOptions<never>,
): boolean {
  return TABLE_OPTION_NAMES.every((name) =>
    name === "onConflict"
      ? isDeepStrictEqual(resolveConflict(one[name]), resolveConflict(other[name]))
      : Object.is(comparable(one[name]), comparable(other[name])),
  );
}

function comparable(value: unknown): unknown {
  return typeof value === "object" ? JSON.stringify(value) : value;
}
