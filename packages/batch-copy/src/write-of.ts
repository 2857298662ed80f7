import { quoteIdentifier } from "./codecs/identifier.js";
import type { CopyTarget } from "./table/copy-target.js";
import type { MergeKey } from "./table/write-plan.js";
import { copyWrite } from "./transaction/copy-write.js";
import type { StageKey } from "./transaction/merge.js";
import { stagedWrite } from "./transaction/staged-write.js";
import type { TableWrite } from "./transaction/write.js";

/** How rows are written to a table that was found. */
export function writeOf(target: CopyTarget): TableWrite {
  const { oid, foundName, columns, insertStatement, plan } = target;
  const {
    form,
    stageColumns,
    duplicates,
    sortedBy,
    conflictClause,
    onConflict,
    isCounted,
    seesCommits,
  } = plan;
  if (form === "copy") {
    return copyWrite(target);
  }
  return stagedWrite({
    form,
    oid,
    name: foundName,
    columns: columns.map(({ name }) => quoteIdentifier(name)),
    stageColumns: stageColumns.map(({ name, sql, collation }) => {
      const collate = collation === undefined ? "" : ` COLLATE ${collation}`;
      return `${quoteIdentifier(name)} ${sql}${collate}`;
    }),
    stageStorage: stageColumns
      .filter(({ storage }) => storage !== undefined)
      .map(({ name, storage }) => `ALTER COLUMN ${quoteIdentifier(name)} SET STORAGE ${storage}`),
    isStageKept: !stageColumns.some(({ hasTypeOfUser }) => hasTypeOfUser),
    conflictClause,
    onConflict,
    isCounted,
    seesCommits,
    sortedBy: sortedBy.map(quoteIdentifier),
    duplicates: duplicates && { key: keyOf(duplicates.key), written: duplicates.written },
    insertStatement,
  });
}

function keyOf({ keys, areNullsDistinct }: MergeKey): StageKey {
  const nullable = areNullsDistinct ? keys.filter(({ isNullable }) => isNullable) : [];
  const quoted = (list: MergeKey["keys"]): string[] =>
    list.map(({ name }) => quoteIdentifier(name));
  return { columns: quoted(keys), distinctIfNull: quoted(nullable) };
}
