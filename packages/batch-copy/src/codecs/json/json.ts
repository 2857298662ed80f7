import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, reasonOf, wrongKind } from "../describe-value.js";
import { isLostInJson } from "../record.js";
import { utf8Text } from "../text-form/utf8-text.js";

/**
 * The value of a `json` or `jsonb` column: any value that `JSON.stringify` accepts, by its rules
 * (inside a document NaN becomes null, and functions are left out). A `null`, or a missing key, is
 * the SQL NULL. A value that becomes the JSON null as a whole, such as NaN, is an error; so is an
 * object that would silently become `{}`, such as a promise or a Map, anywhere in the document.
 */
export type Json = string | number | boolean | object;

/** `json`: the text that `JSON.stringify` returns for the value. */
export const json: ColumnType<Json> = columnType("json", {
  hasArrayValues: true,
  encodeText: refuseText,
  encode(value, out) {
    out.text(stringify(value));
  },
  encodeUtf8(bytes, start, end, out) {
    checkDocument(utf8Text(bytes, start, end));
    out.utf8(bytes, start, end);
    return true;
  },
  decode: (input) => parse(input.text()),
});

/**
 * The only version of the binary format of jsonb (`jsonb_recv` in src/backend/utils/adt/jsonb.c).
 */
const JSONB_VERSION = 1;

/**
 * An escaped U+0000 or lone surrogate. JSON.stringify escapes no other surrogates. With an even
 * number of backslashes before the `u`, the text is an escaped backslash.
 */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/**
 * `jsonb`: as {@link json}, but its strings cannot contain U+0000 or lone surrogates, which jsonb
 * cannot store.
 */
export const jsonb: ColumnType<Json> = columnType("jsonb", {
  hasArrayValues: true,
  encodeText: refuseText,
  encode(value, out) {
    writeJsonb(stringify(value), out);
  },
  encodeUtf8(bytes, start, end, out) {
    const document = utf8Text(bytes, start, end);
    checkDocument(document);
    writeJsonb(document, out);
    return true;
  },
  decode(input) {
    input.int8();
    return parse(input.text());
  },
});

/** Writes a document of jsonb as it is. */
export function writeJsonb(document: string, out: ByteWriter): void {
  if (document.includes("\\u") && UNSTORABLE_ESCAPE.test(document)) {
    throw new RangeError("jsonb cannot store U+0000 or a lone surrogate");
  }
  out.int8(JSONB_VERSION);
  out.text(document);
}

/** A document that is text, as in a file, is written as it is: `JSON.parse` would not preserve it. */
function checkDocument(document: string): void {
  try {
    JSON.parse(document);
  } catch (error) {
    throw new RangeError(`${describeValue(document)} is not valid JSON: ${reasonOf(error)}`);
  }
}

/**
 * Text inside a text form may be a document or a JSON string; and `JSON.parse` does not preserve
 * every document.
 */
function refuseText(text: string): never {
  throw new TypeError(
    `${describeValue(text)} could be a JSON string or a JSON document: pass JavaScript values instead of a text form`,
  );
}

function stringify(value: Json): string {
  const document = JSON.stringify(value) as string | undefined;
  if (document === undefined) {
    throw wrongKind("a value that JSON.stringify accepts", value);
  }
  if (document === "null") {
    throw new RangeError(`JSON.stringify turns ${describeValue(value)} into null`);
  }
  // Any object that is lost leaves these characters, so other documents need no search.
  if (document.includes("{}")) {
    JSON.stringify(value, refuseLost);
  }
  return document;
}

/** A replacer, because it gets the results of `toJSON`. */
function refuseLost(key: string, value: unknown): unknown {
  if (isLostInJson(value)) {
    const place = key === "" ? "" : ` (at the key ${JSON.stringify(key)})`;
    throw new TypeError(`JSON.stringify turns ${describeValue(value)}${place} into {}`);
  }
  return value;
}

function parse(document: string): Json {
  return JSON.parse(document) as Json;
}
