import type { RowCodec } from "../batch/row-codec.js";
import { BUILT_IN_SCHEMA } from "../codecs/base-types.js";
import { columnTypeOf } from "../codecs/column-type-of.js";
import type { AttributeDescription, TypeDescription } from "../codecs/type-description.js";
import type { StoredForm } from "../spool/stored-form.js";
import type { ConflictAction } from "../table/conflict-rule.js";
import type { WritableColumn } from "../table/field-writer.js";
import { RowFormat } from "../table/row-format.js";

/** A column as the spool keeps it: what is needed to read its values again. */
interface StoredColumn {
  readonly key: string;
  readonly name: string;
  readonly isNullable: boolean;
  readonly type: TypeDescription;
}

/** What is done with rows that conflict. */
interface StoredConflict extends ConflictAction {
  /** The names in SQL of keys in `update`, as far as rows do not have them. */
  readonly names: Readonly<Record<string, string>>;
}

/** How a table was opened, as far as rows need it that are written later. */
export interface StoredSettings {
  readonly conflict?: StoredConflict | undefined;
  /** As SQL reads it. */
  readonly deadLetters?: string | undefined;
}

/** What the spool keeps of how rows of a table are written. */
export function storedFormOf(
  table: { readonly number: number; readonly name: string; readonly settings: StoredSettings },
  columns: readonly WritableColumn[],
): StoredForm {
  return {
    table: table.number,
    name: table.name,
    settings: table.settings,
    columns: columns.map(({ key, name, isNullable, type }): StoredColumn => {
      return { key, name, isNullable, type };
    }),
  };
}

/** Whether rows of the form are tuples that the columns read in the same way. */
export function isSameForm(form: StoredForm, columns: readonly WritableColumn[]): boolean {
  const stored = storedColumns(form);
  return (
    stored.length === columns.length &&
    columns.every((column, index) => {
      const { key, name, type } = stored[index]!;
      return key === column.key && name === column.name && typeKey(type) === typeKey(column.type);
    })
  );
}

/**
 * All that the bytes of a type depend on. The OID of a type of PostgreSQL's own is not in them, unless it is a
 * part of another type; without the catalog, it is not known.
 */
function typeKey(type: TypeDescription): string {
  const { kind, name, schema, sql } = type;
  return kind === "base" && schema === BUILT_IN_SCHEMA
    ? `${name} ${sql}`
    : JSON.stringify(type, Object.keys(TYPE_KEYS).toSorted());
}

/** Those of a description, on each level. */
const TYPE_KEYS: Readonly<Record<keyof TypeDescription | keyof AttributeDescription, true>> = {
  attributes: true,
  delimiter: true,
  element: true,
  hasBinaryForm: true,
  kind: true,
  labels: true,
  name: true,
  notNull: true,
  oid: true,
  schema: true,
  sql: true,
  type: true,
};

/** The columns of its rows. */
export function storedColumns({ columns }: StoredForm): readonly StoredColumn[] {
  return columns as readonly StoredColumn[];
}

/** How its table was opened. */
export function storedSettings({ settings }: StoredForm): StoredSettings {
  return settings === undefined ? {} : (settings as StoredSettings);
}

/**
 * What reads rows of the form, as they were written.
 *
 * @throws Error if this version has no codec for one of its types
 */
export function codecOfForm(form: StoredForm): RowCodec<object> {
  return new RowFormat<object>(
    storedColumns(form).map(({ key, name: column, isNullable, type }) => {
      const columnType = columnTypeOf(type);
      if (columnType === undefined) {
        throw new Error(`${form.name}: there is no codec for the type ${type.sql} of stored rows`);
      }
      return { key, name: column, isNullable, type, codec: columnType.codecFor(type) };
    }),
  );
}
