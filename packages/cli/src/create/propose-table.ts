import { UsageError } from "../options/usage-error.js";
import { quoted } from "./table-name.js";

/** A column of a table that is to be created. */
export interface ProposedColumn {
  readonly name: string;
  /** As in CREATE TABLE. */
  readonly type: string;
}

/** NAMEDATALEN - 1: PostgreSQL cuts longer names, and would not find them by their whole names. */
const MOST_BYTES = 63;

/**
 * CREATE TABLE for these columns.
 *
 * @param table its name, quoted
 * @param key the columns of the primary key
 * @throws UsageError if columns have no name, the same one, or one that is too long
 */
export function proposeTable(
  table: string,
  columns: readonly ProposedColumn[],
  key: readonly string[] = [],
): string {
  if (columns.length === 0) {
    throw new UsageError(`Cannot create ${table}: the file has no columns`);
  }
  checkNames(columns.map(({ name }) => name));
  const lines = columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  if (key.length > 0) {
    lines.push(`PRIMARY KEY (${key.map(quoted).join(", ")})`);
  }
  return `CREATE TABLE ${table} (\n  ${lines.join(",\n  ")}\n)`;
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      `Two fields of the file would be the column ${JSON.stringify(twice)}: rename or skip one with --map or --columns`,
    );
  }
  const long = names.find((name) => Buffer.byteLength(name) > MOST_BYTES);
  if (long !== undefined) {
    throw new UsageError(
      `The name ${JSON.stringify(long)} is longer than the ${MOST_BYTES} bytes that PostgreSQL keeps: shorten it with --map`,
    );
  }
}
