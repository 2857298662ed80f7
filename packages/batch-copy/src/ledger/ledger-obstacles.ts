import { quoteIdentifier } from "../codecs/identifier.js";
import { alterTableDdl } from "../table/ddl.js";
import {
  mayBeLeftOut,
  type ColumnDescription,
  type TableDescription,
} from "../table/describe-table.js";
import type { LedgerFacts } from "./ledger-facts.js";

/** What keeps a table from being the ledger, and the DDL that resolves it, if there is some. */
export interface Obstacle {
  readonly text: string;
  readonly ddl?: string;
}

/** The columns of a ledger, and their types as `format_type` prints them. */
const COLUMNS: ReadonlyMap<string, string> = new Map([
  ["source", "text"],
  ["owner", "uuid"],
  ["session", "uuid"],
  ["position", "bigint"],
  ["updated_at", "timestamp with time zone"],
]);

/** Everything that keeps a table from being the ledger. */
export function ledgerObstacles(
  quotedName: string,
  found: TableDescription,
  facts: LedgerFacts,
): Obstacle[] {
  const reason = reasonOfKind(found);
  if (reason !== undefined) {
    return [{ text: reason }];
  }
  return [
    ...[...COLUMNS].flatMap(([name, type]) => ofColumn(quotedName, found, name, type)),
    ...foreign(found),
    ...ofKey(quotedName, found, facts),
    ...ofTable(quotedName, found, facts),
  ];
}

/** Its rows must be read and updated in the transaction that writes the rows, and outlive the session. */
function reasonOfKind({ kind, isTemporary }: TableDescription): string | undefined {
  if (kind !== "r") {
    return kind === "p" ? "it is a partitioned table" : "it is not an ordinary table";
  }
  return isTemporary
    ? "it is a temporary table, which only the connection that created it sees"
    : undefined;
}

function ofColumn(
  quotedName: string,
  { columns }: TableDescription,
  name: string,
  wanted: string,
): Obstacle[] {
  const actual = columns.find((column) => column.name === name);
  if (actual === undefined) {
    return [{ text: `column "${name}" does not exist` }];
  }
  const { sql, schema } = actual.type;
  if (sql !== wanted || schema !== "pg_catalog") {
    return [{ text: `column "${name}" must be ${wanted}, it is ${sql}` }];
  }
  return unwritable(quotedName, actual);
}

function unwritable(quotedName: string, column: ColumnDescription): Obstacle[] {
  const { name, isGenerated, isIdentityAlways, notNull, hasDefault } = column;
  if (isGenerated || isIdentityAlways) {
    return [{ text: `column "${name}" is generated` }];
  }
  const alter = (action: string): string =>
    alterTableDdl(quotedName, [`ALTER COLUMN ${quoteIdentifier(name)} ${action}`]);
  return [
    ...(notNull ? [] : [{ text: `column "${name}" must be NOT NULL`, ddl: alter("SET NOT NULL") }]),
    ...(name !== "updated_at" || hasDefault
      ? []
      : [{ text: `column "${name}" must have a default`, ddl: alter("SET DEFAULT now()") }]),
  ];
}

/** Columns of the user's own. */
function foreign({ columns }: TableDescription): Obstacle[] {
  return columns
    .filter((column) => !COLUMNS.has(column.name) && !mayBeLeftOut(column))
    .map(({ name }) => ({ text: `column ${quoteIdentifier(name)} is NOT NULL without a default` }));
}

function ofKey(quotedName: string, found: TableDescription, facts: LedgerFacts): Obstacle[] {
  if (!found.columns.some(({ name }) => name === "source")) {
    return [];
  }
  return [
    ...(facts.hasKey
      ? []
      : [
          {
            text: 'column "source" has no primary key or unique index of its own that is checked at once',
            ddl: `CREATE UNIQUE INDEX ON ${quotedName} ("source");`,
          },
        ]),
    ...(facts.isExact
      ? []
      : [
          {
            text: 'column "source" has a nondeterministic collation',
            ddl: alterTableDdl(quotedName, ['ALTER COLUMN "source" TYPE text COLLATE "C"']),
          },
        ]),
  ];
}

function ofTable(
  quotedName: string,
  { hasActiveRowSecurity }: TableDescription,
  { isUnlogged, hasRules, hasChildren, missing, role }: LedgerFacts,
): Obstacle[] {
  const privileges = missing.join(", ");
  const noun = missing.length === 1 ? "privilege" : "privileges";
  return [
    ...(isUnlogged
      ? [
          {
            text: "it is UNLOGGED, so a crash of the server empties it",
            ddl: alterTableDdl(quotedName, ["SET LOGGED"]),
          },
        ]
      : []),
    ...(hasRules ? [{ text: "it has rules" }] : []),
    ...(hasChildren ? [{ text: "other tables inherit from it" }] : []),
    ...(hasActiveRowSecurity
      ? [{ text: "row-level security may hide rows of it from this role" }]
      : []),
    ...(missing.length > 0
      ? [
          {
            text: `this role does not have the ${noun} ${privileges} on it`,
            ddl: `GRANT ${privileges} ON ${quotedName} TO ${quoteIdentifier(role)};`,
          },
        ]
      : []),
  ];
}
