import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import { BatchCopyError } from "../errors.js";
import {
  findArbiter,
  refusalOfPredicate,
  type Arbiter,
  type ArbiterSearch,
  type NoArbiter,
} from "./arbiter.js";
import type { Queryable } from "./ask-catalog.js";
import { conflictClause } from "./conflict-clause.js";
import { assignmentsOf, conflictColumns } from "./conflict-columns.js";
import type { ConflictRule } from "./conflict-rule.js";
import type { TableDescription } from "./describe-table.js";
import { errorOfInsert } from "./explain-insert.js";
import { dependsOnOrder, lastRowObstacles, mergeObstacles } from "./merge-obstacles.js";
import { mismatch } from "./mismatch.js";
import type { ServerAnswer } from "./server-answer.js";
import { stageColumns } from "./stage-columns.js";
import type { Column } from "./table.js";
import type { WriteFacts } from "./write-facts.js";
import type { MergeKey, WritePlan } from "./write-plan.js";
import { missingForConflict, missingForStage, refuseMissing } from "./write-privileges.js";

/** What a plan for rows that conflict is made from. */
export interface ConflictInput {
  readonly table: TableDescription;
  readonly facts: WriteFacts;
  readonly columns: readonly Column[];
  readonly rule: ConflictRule;
}

/** Decides how rows get into a table if some may conflict; see `planWrite`. */
export async function planConflict(
  input: ConflictInput,
  connection: Queryable,
): Promise<WritePlan> {
  const { table, facts, columns, rule } = input;
  const assignments = assignmentsOf(rule, columns, table.columns);
  const search = searchOf(input);
  const arbiter = await arbiterOf(input, search, connection);
  const quotedName = quoteQualified(table.schema, table.name);
  refuseMissing(quotedName, [
    ...missingForStage(facts, columns),
    ...missingForConflict(quotedName, facts, arbiter, assignments),
  ]);
  const clause = conflictClause(arbiter, assignments, rule.where);
  if (hasSql(rule, arbiter)) {
    const statement = insertOfNothing(quotedName, columns, clause);
    throwServerError(await errorOfInsert(statement, connection), search);
  }
  const sent = new Set(columns.map(({ name }) => name));
  const merge = { table, facts, rule, arbiter, assignments, sent };
  const isUpdate = rule.update !== "nothing";
  const ofStatement = mergeObstacles(merge);
  const ofLast = isUpdate ? lastRowObstacles(merge) : [];
  const isMerge = ofStatement.length === 0;
  const key = mergeKey(arbiter, columns);
  return {
    form: isMerge ? "merge" : "loop",
    reasons: isMerge ? ofLast : ofStatement,
    stageColumns: stageColumns(columns, table.columns, facts),
    conflictClause: clause,
    onConflict: isUpdate ? "update" : "nothing",
    isCounted: true,
    seesCommits: facts.isolation.startsWith("read "),
    sortedBy: isMerge && !dependsOnOrder(merge) ? key.keys.map(({ name }) => name) : [],
    duplicates:
      isMerge && isUpdate ? { key, written: ofLast.length === 0 ? "last" : "each" } : undefined,
  };
}

function searchOf({ table, facts, columns, rule }: ConflictInput): ArbiterSearch {
  return {
    table: quoteQualified(table.schema, table.name),
    indexes: facts.indexes,
    columns: rule.columns && conflictColumns(rule.columns, columns),
    predicate: rule.predicate,
    sent: columns,
  };
}

async function arbiterOf(
  { table, facts }: ConflictInput,
  search: ArbiterSearch,
  connection: Queryable,
): Promise<Arbiter> {
  const rules = [...facts.insertRules, ...facts.updateRules];
  const reason = refusalOfTable(table.kind, rules);
  const arbiter =
    reason === undefined ? await findArbiter(search, connection) : { reason, ddl: "" };
  return "reason" in arbiter ? throwNoArbiter(search.table, arbiter) : arbiter;
}

function throwNoArbiter(quotedName: string, { reason, ddl }: NoArbiter): never {
  throw mismatch(quotedName, [`onConflict cannot be used: ${reason}`], { ddl });
}

/** `RewriteQuery` in src/backend/rewrite/rewriteHandler.c refuses tables with either kind of rule. */
function refusalOfTable(kind: string, [rule]: readonly string[]): string | undefined {
  if (kind !== "r" && kind !== "p") {
    return `it is a ${kind === "v" ? "view" : "foreign table"}, which has no unique indexes`;
  }
  return (
    rule && `PostgreSQL does not support it on a table with rules, such as ${quoteIdentifier(rule)}`
  );
}

/** Whether the clause has SQL that only the server can judge. */
function hasSql({ update, where, predicate }: ConflictRule, { indexes }: Arbiter): boolean {
  const isExpression = typeof update === "object" && !Array.isArray(update);
  const isPrinted = indexes.some((index) => index.hasExpressions || index.isPartial);
  return isExpression || isPrinted || where !== undefined || predicate !== undefined;
}

/** An INSERT that the server can plan without values. */
function insertOfNothing(quotedName: string, columns: readonly Column[], clause: string): string {
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const nulls = columns.map(() => "NULL").join(", ");
  return `INSERT INTO ${quotedName} (${names}) SELECT ${nulls} WHERE false ${clause}`;
}

/** `insufficient_privilege`. */
const NO_PRIVILEGE = "42501";
/** `invalid_column_reference`, which the server has where it infers no index. */
const NO_INDEX = "42P10";

function throwServerError(error: ServerAnswer | undefined, search: ArbiterSearch): void {
  if (error === undefined) {
    return;
  }
  if (error.code === NO_PRIVILEGE) {
    const reason = `this role lacks a privilege that the SQL of onConflict needs: ${error.message}`;
    throw mismatch(search.table, [reason]);
  }
  if (error.code === NO_INDEX && search.predicate !== undefined) {
    throwNoArbiter(search.table, refusalOfPredicate(search));
  }
  throw new BatchCopyError(
    "INVALID_OPTION",
    `the server does not accept onConflict for table ${search.table}: ${error.message}`,
    { cause: error },
  );
}

function mergeKey({ indexes: [index] }: Arbiter, columns: readonly Column[]): MergeKey {
  const isNullable = new Map(columns.map(({ name, type }) => [name, type.isNullable]));
  return {
    keys: index!.columns
      .filter(({ isKey }) => isKey)
      .map(({ name }) => ({ name, isNullable: isNullable.get(name)! })),
    areNullsDistinct: index!.areNullsDistinct,
  };
}
