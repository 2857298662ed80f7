import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { Arbiter } from "./arbiter.js";
import type { Assignment } from "./conflict-columns.js";
import type { Field } from "./field.js";
import { mismatch } from "./mismatch.js";
import type { WriteFacts } from "./write-facts.js";

/** A privilege that the role does not have, and the statement that grants it. */
interface MissingPrivilege {
  readonly text: string;
  readonly ddl: string;
}

/** What a write of these columns through a temporary stage needs. */
export function missingForStage(facts: WriteFacts, sent: readonly Field[]): MissingPrivilege[] {
  const { database, role, mayCreateTemporary, mayUsePlpgsql } = facts;
  const to = `TO ${quoteIdentifier(role)};`;
  const name = quoteIdentifier(database);
  return [
    ...(mayCreateTemporary
      ? []
      : [
          {
            text: `this role has no TEMPORARY privilege on the database ${name}, and rows have to be written through a temporary table`,
            ddl: `GRANT TEMPORARY ON DATABASE ${name} ${to}`,
          },
        ]),
    ...(mayUsePlpgsql
      ? []
      : [
          {
            text: "this role has no USAGE privilege on the language plpgsql, in which rows are written one by one",
            ddl: `GRANT USAGE ON LANGUAGE plpgsql ${to}`,
          },
        ]),
    ...unusable(facts, sent).map((object) => ({
      text: `this role has no USAGE privilege on ${object}, which a temporary table with the same columns needs`,
      ddl: `GRANT USAGE ON ${object} ${to}`,
    })),
  ];
}

/** The schemas and types of the columns that the role may not use, as GRANT names them. */
function unusable({ columns }: WriteFacts, sent: readonly Field[]): string[] {
  const names = new Set(sent.map(({ name }) => name));
  const used = columns.filter(({ name }) => names.has(name));
  const objects = [
    ...used
      .flatMap(({ unusableSchemas }) => unusableSchemas)
      .map((name) => `SCHEMA ${quoteIdentifier(name)}`),
    ...used
      .flatMap(({ unusableType }) => unusableType ?? [])
      .map(({ schema, name }) => `TYPE ${quoteQualified(schema, name)}`),
  ];
  return [...new Set(objects)];
}

/**
 * What ON CONFLICT needs in addition: SELECT on what the arbiter reads, and both SELECT and UPDATE on
 * what is set from `excluded`. The server checks the columns that SQL of the user reads.
 *
 * @param table the qualified name, quoted
 */
export function missingForConflict(
  table: string,
  { columns, role }: WriteFacts,
  arbiter: Arbiter,
  assignments: readonly Assignment[],
): MissingPrivilege[] {
  const read = new Set([
    ...arbiter.columns,
    ...assignments.filter(({ sql }) => sql === undefined).map(({ column }) => column),
  ]);
  const written = new Set(assignments.map(({ column }) => column));
  const lacking = {
    SELECT: columns.filter(({ name, isSelectable }) => read.has(name) && !isSelectable),
    UPDATE: columns.filter(({ name, isUpdatable }) => written.has(name) && !isUpdatable),
  };
  return Object.entries(lacking)
    .filter(([, missing]) => missing.length > 0)
    .map(([privilege, missing]) => {
      const names = missing.map(({ name }) => quoteIdentifier(name)).join(", ");
      return {
        text: `this role has no ${privilege} privilege on the columns ${names}, which onConflict needs`,
        ddl: `GRANT ${privilege} (${names}) ON ${table} TO ${quoteIdentifier(role)};`,
      };
    });
}

/** @throws SchemaMismatchError with the statements that grant the privileges, if any is missing. */
export function refuseMissing(quotedName: string, missing: readonly MissingPrivilege[]): void {
  if (missing.length > 0) {
    const ddl = missing.map((privilege) => privilege.ddl).join("\n");
    throw mismatch(
      quotedName,
      missing.map(({ text }) => text),
      { ddl },
    );
  }
}
