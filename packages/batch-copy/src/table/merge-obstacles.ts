import { quoteIdentifier } from "../codecs/identifier.js";
import type { Arbiter } from "./arbiter.js";
import type { Assignment } from "./conflict-columns.js";
import type { ConflictRule } from "./conflict-rule.js";
import type { TableDescription } from "./describe-table.js";
import type { FunctionFacts, IndexFacts, WriteFacts } from "./write-facts.js";

/** What decides whether one INSERT of all rows is the same as an INSERT of each. */
export interface MergeCase {
  readonly table: TableDescription;
  readonly facts: WriteFacts;
  readonly rule: ConflictRule;
  readonly arbiter: Arbiter;
  readonly assignments: readonly Assignment[];
  /** The names of the columns that rows have. */
  readonly sent: ReadonlySet<string>;
}

/**
 * Why the rows of a batch cannot be merged by one INSERT with the result of an INSERT for each row, even if
 * each has a key of its own, in words for the user.
 *
 * The server takes the rows in order. One statement may differ from many only in what runs after the
 * statement instead of after each row, and in what functions see of the table. With `update: "nothing"`,
 * a duplicate conflicts with the row before it, as in statements of their own.
 */
export function mergeObstacles(merge: MergeCase): readonly string[] {
  const reasons = [
    ...kindOfTable(merge),
    ...triggers(merge),
    ...afterStatement(merge),
    ...(merge.rule.update === "nothing"
      ? []
      : [...obstaclesOfSql(merge), ...arbiters(merge), ...references(merge)]),
  ];
  return [...new Set(reasons)];
}

/**
 * Why not only the last row of each key can be merged: something depends on the others, or the server may
 * reject one of them.
 */
export function lastRowObstacles(merge: MergeCase): readonly string[] {
  const { table, facts, sent } = merge;
  const reasons = [
    ...unsetColumns(merge),
    ...(facts.isPartition ? ["the table is a partition"] : []),
    ...facts.checks.map(({ name }) => `the check constraint ${quoteIdentifier(name)}`),
    ...facts.foreignKeys.map(({ name }) => `the foreign key ${quoteIdentifier(name)}`),
    ...table.columns
      .filter(({ isGenerated }) => isGenerated)
      .map(({ name }) => `the generated column ${quoteIdentifier(name)}`),
    ...identities(facts, sent),
    ...defaults(facts, sent, (called) => called.isVolatile || mayReadTable(called)),
    ...facts.indexes.flatMap((index) => obstacleOfIndex(index, merge) ?? []),
  ];
  return [...new Set(reasons)];
}

/** Whether it matters which of two rows comes first that its key columns tell apart. */
export function dependsOnOrder(merge: MergeCase): boolean {
  const { facts, arbiter, sent } = merge;
  return (
    arbiters(merge).length > 0 ||
    facts.indexes.some((index) => isConstraintBeside(index, arbiter)) ||
    identities(facts, sent).length > 0 ||
    defaults(facts, sent, ({ isVolatile }) => isVolatile).length > 0
  );
}

function kindOfTable({ table }: MergeCase): string[] {
  return [
    ...(table.kind === "p" ? ["the table is partitioned"] : []),
    ...(table.hasActiveRowSecurity ? ["row-level security is active for this role"] : []),
  ];
}

function triggers({ facts, rule }: MergeCase): string[] {
  return facts.triggers
    .filter(({ isOnInsert, isOnUpdate }) => isOnInsert || (rule.update !== "nothing" && isOnUpdate))
    .map(({ name }) => `the trigger ${quoteIdentifier(name)}`);
}

/** What is checked after the statement instead of after each row, and what may read the table. */
function afterStatement({ facts, sent }: MergeCase): string[] {
  return [
    ...facts.indexes
      .filter(({ isImmediate }) => !isImmediate)
      .map(({ name }) => `the deferrable constraint ${quoteIdentifier(name)}`),
    ...facts.foreignKeys
      .filter(({ isOfItself }) => isOfItself)
      .map(({ name }) => `the foreign key ${quoteIdentifier(name)} to the table itself`),
    ...facts.checks
      .filter(({ functions }) => functions.some(mayReadTable))
      .map(({ name }) => `the check constraint ${quoteIdentifier(name)}, which may read the table`),
    ...defaults(facts, sent, mayReadTable),
  ];
}

/** SQL of the user's may read the table. */
function obstaclesOfSql({ rule, assignments }: MergeCase): string[] {
  return [
    ...(rule.where === undefined ? [] : ["onConflict.where"]),
    ...(assignments.some(({ sql }) => sql !== undefined) ? ["onConflict.update has SQL"] : []),
  ];
}

/** Rows of one key must be found by an ordinary comparison of its columns. */
function arbiters({ arbiter }: MergeCase): string[] {
  return arbiter.indexes.flatMap((index) => unusual(index) ?? otherComparison(index) ?? []);
}

/**
 * What an update means for rows of other tables is looked at after the statement: by then, another row may
 * have the value that was referenced. The key becomes one that is equal, which changes others only if it
 * may be written differently.
 */
function references({ facts, arbiter, assignments }: MergeCase): string[] {
  const set = new Set(assignments.map(({ column }) => column));
  const key = new Set(arbiter.columns);
  const loose = new Set(arbiter.indexes.flatMap(looseColumns));
  return facts.references
    .filter(({ columns, isFollowing }) =>
      columns.some(
        (column) => set.has(column) && (!key.has(column) || (isFollowing && loose.has(column))),
      ),
    )
    .map(
      ({ name }) =>
        `the foreign key ${quoteIdentifier(name)} of another table, to a column that is updated`,
    );
}

/** The row that is kept must become what was sent last, whatever it was before. */
function unsetColumns({ assignments, sent }: MergeCase): string[] {
  const set = new Set(assignments.map(({ column }) => column));
  return [...sent]
    .filter((name) => !set.has(name))
    .map((name) => `onConflict.update leaves out the column ${quoteIdentifier(name)}`);
}

/** Whether a function may see the rows before. An immutable one must not read tables. */
function mayReadTable({ isBuiltIn }: FunctionFacts): boolean {
  return !isBuiltIn;
}

function identities({ columns }: WriteFacts, sent: ReadonlySet<string>): string[] {
  return columns
    .filter(({ name, isIdentity }) => isIdentity && !sent.has(name))
    .map(({ name }) => `the identity column ${quoteIdentifier(name)}, which rows do not have`);
}

function defaults(
  { columns }: WriteFacts,
  sent: ReadonlySet<string>,
  isObstacle: (called: FunctionFacts) => boolean,
): string[] {
  return columns
    .filter(({ name, functions }) => !sent.has(name) && functions.some(isObstacle))
    .map(({ name, functions }) => {
      const called = functions.find(isObstacle)!;
      return `the default of the column ${quoteIdentifier(name)}, which calls ${called.name}()`;
    });
}

function obstacleOfIndex(index: IndexFacts, { arbiter }: MergeCase): string | undefined {
  const name = quoteIdentifier(index.name);
  const isArbiter = arbiter.indexes.includes(index);
  if (isConstraintBeside(index, arbiter)) {
    return `the ${index.isExclusion ? "exclusion constraint" : "unique index"} ${name} beside that of onConflict`;
  }
  return unusual(index) ?? (isArbiter ? obstacleOfKey(index) : obstacleOfSize(index));
}

/** Whether rows with different keys may conflict because of the index. */
function isConstraintBeside(index: IndexFacts, { indexes }: Arbiter): boolean {
  const isOnlyArbiter = indexes.length === 1 && indexes.includes(index);
  return (index.isUnique || index.isExclusion) && !isOnlyArbiter;
}

function unusual({ name, hasExpressions, isPartial }: IndexFacts): string | undefined {
  if (hasExpressions || isPartial) {
    return `the index ${quoteIdentifier(name)}, which ${isPartial ? "is partial" : "has expressions"}`;
  }
  return undefined;
}

function otherComparison({ name, columns }: IndexFacts): string | undefined {
  const other = columns.find(
    (key) => key.isKey && !(key.hasDefaultOperators && key.hasColumnCollation),
  );
  return (
    other &&
    `the index ${quoteIdentifier(name)}, which compares ${quoteIdentifier(other.name)} in another way than its column`
  );
}

/** Equal keys must be the same to whatever refers to them. */
function obstacleOfKey(index: IndexFacts): string | undefined {
  const [loose] = looseColumns(index);
  if (loose !== undefined) {
    return `the key column ${quoteIdentifier(loose)}, whose type has equal values that are written differently`;
  }
  return index.columns.every(({ isKey }) => isKey) ? undefined : obstacleOfSize(index);
}

/** The key columns whose equal values may be written differently. */
function looseColumns({ columns }: IndexFacts): string[] {
  return columns
    .filter(({ isKey, isEqualImage }) => isKey && !isEqualImage)
    .map(({ name }) => name);
}

/**
 * Bytes that fit into an index of any kind, which takes a third of a page of 8 KiB or more
 * (`BTMaxItemSize` in src/include/access/nbtree.h). A larger value is an error of its row.
 */
const SAFE_INDEX_BYTES = 2000;
/** What a column takes at most in addition: its alignment. */
const ALIGNMENT_BYTES = 8;

function obstacleOfSize({ name, columns }: IndexFacts): string | undefined {
  const sizes = columns.map(({ maxBytes }) => (maxBytes ?? Infinity) + ALIGNMENT_BYTES);
  const isSafe = sizes.reduce((sum, size) => sum + size, 0) <= SAFE_INDEX_BYTES;
  return isSafe
    ? undefined
    : `the index ${quoteIdentifier(name)}, for which a value may be too long`;
}
