import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { isLostInJson } from "../record.js";

/**
 * What goes into a `json` or `jsonb` column: anything that `JSON.stringify` turns into text, by its
 * rules (inside of a document NaN becomes null, and functions are left out). A `null` (or a missing
 * key) is the SQL NULL; what as a whole becomes the JSON null, such as NaN, is refused.
 */
export type Json = string | number | boolean | object;

/** `json`: the text that `JSON.stringify` makes of the value. */
export const json: ColumnType<Json> = columnType("json", {
  hasArrayValues: true,
  encodeText: refuseText,
  encode(value, out) {
    out.text(stringify(value));
  },
  decode: (input) => parse(input.text()),
});

/** The only version of jsonb's binary form (`jsonb_recv` in src/backend/utils/adt/jsonb.c). */
const JSONB_VERSION = 1;

/**
 * An escaped U+0000 or lone surrogate. JSON.stringify escapes no other surrogate; an even number of
 * backslashes before the `u` would be an escaped backslash.
 */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/**
 * `jsonb`: as {@link json}, but without U+0000 and lone surrogates in its strings, which jsonb
 * cannot hold.
 */
export const jsonb: ColumnType<Json> = columnType("jsonb", {
  hasArrayValues: true,
  encodeText: refuseText,
  encode(value, out) {
    const document = stringify(value);
    if (document.includes("\\u") && UNSTORABLE_ESCAPE.test(document)) {
      throw new RangeError("jsonb cannot store U+0000 or a lone surrogate");
    }
    out.int8(JSONB_VERSION);
    out.text(document);
  },
  decode(input) {
    input.int8();
    return parse(input.text());
  },
});

/** A text inside of another one may be a document or a JSON string; and not every document that `JSON.parse` reads comes back as it was. */
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
  // What is lost leaves this trace, which spares other documents the search.
  if (document.includes("{}")) {
    JSON.stringify(value, refuseLost);
  }
  return document;
}

/** A replacer, because it is given what `toJSON` returns. */
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
