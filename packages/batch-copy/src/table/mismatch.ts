import { SchemaMismatchError } from "../errors.js";

/** The error for a table that cannot be filled as it is. */
export function mismatch(
  quotedName: string,
  differences: readonly string[],
  { ddl = "", isComplete = true }: { readonly ddl?: string; readonly isComplete?: boolean } = {},
): SchemaMismatchError {
  const promise = isComplete ? "This DDL resolves it:" : "This DDL resolves a part of it:";
  const hint = ddl === "" ? "" : `\n${promise}\n${ddl}`;
  const message = `table ${quotedName}: ${differences.join("; ")}${hint}`;
  return new SchemaMismatchError(message, differences, ddl);
}

/** The error for a relation that this role, or COPY, cannot write to at all. */
export function notWritable(quotedName: string, reason: string): SchemaMismatchError {
  return new SchemaMismatchError(`Cannot write to ${quotedName}: ${reason}.`, [reason], "");
}
