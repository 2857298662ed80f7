import type { ByteWriter } from "../bytes/byte-writer.js";
import { NULL_LENGTH, writeField, type Codec } from "../codecs/codec.js";
import { reasonOf } from "../codecs/describe-value.js";
import { LimitError } from "../codecs/limit-error.js";
import { isInheritedByAll } from "../codecs/record.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { EncodeError } from "../errors.js";
import type { Field } from "./field.js";

/** A column with the codec for the type that the database has. */
export interface WritableColumn extends Field {
  readonly isNullable: boolean;
  readonly codec: Codec<unknown>;
  /** Its type as the catalog has it. */
  readonly type: TypeDescription;
  /** The server's default as SQL, where a row must send a value or null rather than leave it out. */
  readonly default?: string | undefined;
  /** Makes the value of a row that leaves it out. */
  readonly makeDefault?: (() => unknown) | undefined;
}

/** Writes the fields of a row, or throws an EncodeError with the column. */
export type FieldWriter = (row: Record<string, unknown>, out: ByteWriter) => void;

/** The number of columns per generated function. The engine limits how much it inlines into one. */
const COLUMNS_PER_FUNCTION = 3;

/**
 * The writer for rows with these columns. It is generated code, which reads each key and calls each
 * codec at a place of its own, so that the engine can specialize and inline them. If code generation is
 * disabled (`node --disallow-code-generation-from-strings`), it is a loop, which is slower.
 */
export function fieldWriter(columns: readonly WritableColumn[]): FieldWriter {
  try {
    return generatedFieldWriter(columns);
  } catch (error) {
    if (error instanceof EvalError) {
      return loopingFieldWriter(columns);
    }
    throw error;
  }
}

/** A writer that is one loop for all tables. */
export function loopingFieldWriter(columns: readonly WritableColumn[]): FieldWriter {
  const fields = columns.map((column) => ({ ...column, mustOwn: isInheritedByAll(column.key) }));
  return (row, out) => {
    for (const field of fields) {
      const { key, isNullable, codec, mustOwn, default: serverDefault, makeDefault } = field;
      let value: unknown;
      try {
        value = mustOwn && !Object.hasOwn(row, key) ? undefined : row[key];
        if (value === undefined && makeDefault !== undefined) {
          value = madeBy(makeDefault);
        }
        if (value === undefined && serverDefault !== undefined) {
          throw new TypeError(defaultLeftOut(serverDefault));
        }
        if (!isNullable && (value === undefined || value === null)) {
          throw new LimitError(MISSING);
        }
        writeField(codec, value, out);
      } catch (error) {
        throw encodeError(field, value, error);
      }
    }
  };
}

/** The error of a row for anything that a codec, a getter or a Proxy throws. */
export function encodeError(
  column: Field | undefined,
  value: unknown,
  error: unknown,
): EncodeError {
  const options = { cause: error, sqlName: column?.name };
  return new EncodeError(column?.key, value, reasonOf(error), options);
}

export const MISSING = "a value is missing, and the column is NOT NULL";

/** COPY fills a column for all of its rows or for none. */
function defaultLeftOut(serverDefault: string): string {
  return `a value is missing, and the column has the default ${serverDefault}: to use the default, list the other keys in the option "columns"; otherwise send a value`;
}

/** A function that forgets to return would otherwise write NULL. */
function madeBy(makeDefault: () => unknown): unknown {
  const value = makeDefault();
  if (value === undefined) {
    throw new TypeError("the column's default() returned undefined");
  }
  return value;
}

function generatedFieldWriter(columns: readonly WritableColumn[]): FieldWriter {
  const functions: string[] = [];
  for (let first = 0; first < columns.length; first += COLUMNS_PER_FUNCTION) {
    const last = Math.min(first + COLUMNS_PER_FUNCTION, columns.length);
    functions.push(functionSource(columns, first, last));
  }
  const source = `"use strict";
    const [${columns.map((_, index) => `codec${index}`).join()}] = codecs;
    ${functions.map((code, index) => `function write${index}(row, out) {${code}}`).join("\n")}
    return function writeFields(row, out) {
      ${functions.map((_, index) => `write${index}(row, out);`).join("\n")}
    };`;
  // The only parts that come from outside are keys, which are quoted as strings.
  // oxlint-disable-next-line typescript/no-implied-eval
  const compile = new Function(
    "codecs",
    "refuseNull",
    "refuseDefault",
    "makeDefault",
    "failure",
    source,
  ) as (
    codecs: readonly Codec<unknown>[],
    refuseNull: () => never,
    refuseDefault: (column: number) => never,
    makeDefault: (column: number) => unknown,
    failure: (column: number, value: unknown, error: unknown) => EncodeError,
  ) => FieldWriter;
  return compile(
    columns.map(({ codec }) => codec),
    () => {
      throw new LimitError(MISSING);
    },
    (column) => {
      throw new TypeError(defaultLeftOut(columns[column]!.default!));
    },
    (column) => madeBy(columns[column]!.makeDefault!),
    (column, value, error) => encodeError(columns[column], value, error),
  );
}

function functionSource(columns: readonly WritableColumn[], first: number, last: number): string {
  const fields = columns
    .slice(first, last)
    .map((column, index) => fieldSource(column, first + index));
  return `
    let column, value;
    try {
      ${fields.join("\n")}
    } catch (error) {
      throw failure(column, value, error);
    }`;
}

/** The code of {@link writeField} for one column. */
function fieldSource(column: WritableColumn, index: number): string {
  const { isNullable } = column;
  const key = JSON.stringify(column.key);
  return `
    column = ${index};
    value = undefined;
    value = ${isInheritedByAll(column.key) ? `!Object.hasOwn(row, ${key}) ? undefined : ` : ""}row[${key}];
    ${column.makeDefault === undefined ? "" : `if (value === undefined) value = makeDefault(${index});`}
    if (value === undefined || value === null) {
      ${column.default === undefined ? "" : `if (value === undefined) refuseDefault(${index});`}
      ${isNullable ? `out.int32(${NULL_LENGTH})` : "refuseNull()"};
    } else {
      const field = out.openField();
      codec${index}.encode(value, out);
      out.closeField(field);
    }`;
}
