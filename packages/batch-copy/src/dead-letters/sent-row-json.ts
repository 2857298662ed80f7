import { describeValue } from "../codecs/describe-value.js";
import { baseTypeOf, type TypeDescription } from "../codecs/type-description.js";
import { MAX_JSON_BYTES } from "./no-letter-error.js";

/** A column of a row that was sent. */
export interface SentColumn {
  /** Its key in rows. */
  readonly key: string;
  readonly name: string;
  readonly type: TypeDescription;
  readonly isNullable: boolean;
  /** The server's default. */
  readonly default?: string | undefined;
  /** Makes the default of the client's. */
  readonly makeDefault?: (() => unknown) | undefined;
}

/** Deeper values are described. The server's parser of JSON limits the depth, too. */
const MAX_DEPTH = 100;

/** Printing a bigint takes quadratic time. */
const PRINTED_BITS = 4096;

type Print = (value: unknown, type: TypeDescription | undefined) => string;

/**
 * A row that cannot be encoded as JSON, like that of other letters: an object with a text for each value,
 * or null for NULL, by column name. Never throws: what has no text is described. What jsonb cannot store,
 * U+0000 and halves of surrogate pairs, becomes U+FFFD.
 *
 * @param row anything, because it may be no row at all
 * @param storable what the database can store of a text
 */
export function sentRowJson(
  row: unknown,
  columns: readonly SentColumn[],
  storable: (text: string) => string,
): string {
  const isRow = typeof row === "object" && row !== null;
  const jsonWith = (print: Print): string => {
    const printStorable: Print = (value, type) => storable(print(value, type));
    return JSON.stringify(
      isRow ? rowTexts(row, columns, printStorable) : printStorable(row, undefined),
    );
  };
  return tryText(() => jsonWith(textOf)) ?? jsonWith(describeValue);
}

/**
 * What a database can store of a text.
 *
 * @param isUtf8 whether it can store every character; otherwise those outside of ASCII are escaped
 */
export function storableText(text: string, isUtf8: boolean): string {
  const stored = text.toWellFormed().replaceAll("\0", "\uFFFD");
  return isUtf8 ? stored : stored.replaceAll(/[^\0-\x7F]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/** The text, unless it is too large for a jsonb or cannot be made. */
function tryText(make: () => string): string | undefined {
  try {
    const text = make();
    return Buffer.byteLength(text) <= MAX_JSON_BYTES ? text : undefined;
  } catch {
    return undefined;
  }
}

function rowTexts(
  row: object,
  columns: readonly SentColumn[],
  print: Print,
): Readonly<Record<string, string | null | undefined>> {
  const names = new Set(columns.map(({ name }) => name));
  const keys = new Set(columns.map(({ key }) => key));
  const entries = columns.map((column): [string, string | null | undefined] => {
    const { key, name, type, isNullable } = column;
    const isNull = isNullable && column.default === undefined && column.makeDefault === undefined;
    const text = printed(() => (row as Record<string, unknown>)[key], type, print);
    return [name, text === undefined && isNull ? null : text];
  });
  for (const key of ownKeys(row)) {
    // The name of a column that has another key must not hide that.
    if (!keys.has(key) && !names.has(key)) {
      const text = printed(() => (row as Record<string, unknown>)[key], undefined, print);
      entries.push([print(key, undefined), text]);
    }
  }
  // An assignment would take a column named __proto__ for the prototype.
  return Object.fromEntries(entries);
}

/** A Proxy may refuse to tell them. */
function ownKeys(row: object): readonly string[] {
  try {
    return Object.keys(row);
  } catch {
    return [];
  }
}

function printed(
  read: () => unknown,
  type: TypeDescription | undefined,
  print: Print,
): string | null | undefined {
  try {
    const value = read();
    return value === undefined || value === null ? value : print(value, type);
  } catch {
    return "a value that cannot be read";
  }
}

function textOf(value: unknown, type: TypeDescription | undefined): string {
  const plain = jsonValue(value);
  const isText = typeof plain === "string" && (type === undefined || !isJson(type));
  return isText ? plain : (JSON.stringify(plain) ?? describeValue(value));
}

function isJson(type: TypeDescription): boolean {
  const { name } = baseTypeOf(type);
  return name === "json" || name === "jsonb";
}

/**
 * What JSON.stringify prints as it would, but for values that it refuses or that have a text form in
 * PostgreSQL.
 */
function jsonValue(value: unknown, within: readonly object[] = []): unknown {
  switch (typeof value) {
    case "bigint":
      return BigInt.asIntN(PRINTED_BITS, value) === value ? String(value) : describeValue(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "function":
    case "symbol":
      return describeValue(value);
    case "object":
      return value === null ? null : jsonObject(value, within);
    default:
      return value;
  }
}

function jsonObject(value: object, within: readonly object[]): unknown {
  if (value instanceof Uint8Array) {
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    return "Invalid Date";
  }
  if (within.length === MAX_DEPTH || within.includes(value)) {
    return describeValue(value);
  }
  const inside = [...within, value];
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    return jsonValue(toJSON.call(value, ""), inside);
  }
  if (Array.isArray(value)) {
    return value.map((element) => jsonValue(element, inside) ?? null);
  }
  return ArrayBuffer.isView(value) && Symbol.iterator in value
    ? Array.from(value as Iterable<unknown>, (element) => jsonValue(element, inside))
    : Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, jsonValue(part, inside)]),
      );
}
