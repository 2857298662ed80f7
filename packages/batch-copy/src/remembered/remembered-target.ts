import { describeBuiltIn } from "../codecs/base-types.js";
import { columnTypeOf } from "../codecs/column-type-of.js";
import { quoteQualified } from "../codecs/identifier.js";
import { ConnectError } from "../errors.js";
import type { CopyTarget } from "../table/copy-target.js";
import type { WritableColumn } from "../table/field-writer.js";
import { columnLabel } from "../table/field.js";
import { PLAIN_COPY } from "../table/plan-write.js";
import { columnsOf, table, type Column, type Table } from "../table/table.js";

/** A target as it is remembered: codecs and the client's defaults are made anew. */
export interface RememberedTarget extends Omit<CopyTarget, "columns" | "definition"> {
  readonly table: { readonly name: string; readonly schema: string | undefined };
  readonly columns: readonly Omit<WritableColumn, "codec" | "makeDefault">[];
}

/** What is remembered of a target. */
export function rememberedTarget({ definition, columns, ...target }: CopyTarget): RememberedTarget {
  const { name, schema } = definition;
  return {
    ...target,
    table: { name, schema },
    columns: columns.map(({ key, name: column, isNullable, type, default: serverDefault }) => {
      return { key, name: column, isNullable, type, default: serverDefault };
    }),
  };
}

/** The target of a definition, or of a name, that is remembered. */
export function recalledTarget(
  wanted: Table | string,
  { table: found, columns, ...target }: RememberedTarget,
): CopyTarget {
  const definition = typeof wanted === "string" ? definitionOf(found, columns) : wanted;
  const types = new Map(columnsOf(definition).map((column) => [column.name, column.type]));
  return {
    ...target,
    definition,
    columns: columns.map((column) => {
      const type = types.get(column.name)!;
      return writable({ ...column, type }, column);
    }),
  };
}

function definitionOf(
  { name, schema }: RememberedTarget["table"],
  columns: RememberedTarget["columns"],
): Table {
  const types = columns.map(({ key, isNullable, type }) => {
    const columnType = columnTypeOf(type)!;
    return [key, isNullable ? columnType.nullable() : columnType] as const;
  });
  const names = Object.fromEntries(columns.map((column) => [column.key, column.name]));
  return table(name, Object.fromEntries(types), { schema, names });
}

/**
 * What a definition says of a table that was never seen.
 *
 * @throws ConnectError that names a column whose bytes depend on the database
 */
export function presumedTarget(definition: Table): CopyTarget {
  const { ddl, name, schema } = definition;
  const quoted = quoteQualified(schema, name);
  return {
    definition,
    ddl,
    name: quoted,
    contextName: undefined,
    oid: 0,
    foundName: quoted,
    isTemporary: false,
    statement: "",
    insertStatement: "",
    plan: PLAIN_COPY,
    columns: columnsOf(definition).map((column) => presumedColumn(column)),
    fingerprint: "",
  };
}

function presumedColumn(column: Column): WritableColumn {
  const type = describeBuiltIn(column.type);
  if (type === undefined) {
    throw new ConnectError(
      `the database is away, and the bytes of ${columnLabel(column)} (${column.type.sql}) depend on it: connect once while it is there`,
    );
  }
  const { key, name, type: columnType } = column;
  return writable(column, { key, name, isNullable: columnType.isNullable, type });
}

function writable(
  { type: columnType }: Column,
  column: Omit<WritableColumn, "codec" | "makeDefault">,
): WritableColumn {
  return {
    ...column,
    makeDefault: columnType.makeDefault,
    codec: columnType.codecFor(column.type),
  };
}
