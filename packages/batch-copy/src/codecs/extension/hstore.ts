import { isMap } from "node:util/types";

import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { isPlainObject } from "../record.js";
import { compareCodePoints } from "../text-form/code-point-order.js";
import { parseHstore } from "./hstore-text.js";

/** An object or a Map of strings and nulls, or the server's text form: `'"a"=>"1", b=>NULL'`. */
export type Hstore =
  | string
  | Readonly<Record<string, string | null>>
  | ReadonlyMap<string, string | null>;

/** The length of a value that is NULL. */
const NULL_LENGTH = -1;

/**
 * `hstore` of the extension hstore: an object or a Map with values that are strings or null, or the
 * server's text form. A text in which a key occurs more than once is an error, because the server
 * would keep any one of the pairs. Decodes to an object (`hstore_recv` in
 * contrib/hstore/hstore_io.c).
 */
export const hstore: ColumnType<Hstore> = columnType<Hstore>("hstore", {
  encode(value, out) {
    const pairs = pairsOf(value).toSorted(comparePairs);
    out.int32(pairs.length);
    for (const [key, content] of pairs) {
      writeString(key, out);
      writeContent(key, content, out);
    }
  },
  decode: readPairs,
});

type Pair = readonly [key: string, content: string | null];

function pairsOf(value: Hstore): readonly Pair[] {
  if (typeof value === "string") {
    return [...parseHstore(value)];
  }
  if (isMap(value)) {
    return [...value].map(checkKey);
  }
  if (isPlainObject(value)) {
    return Object.entries(value);
  }
  throw wrongKind("an object or a Map of strings and nulls, or an hstore string", value);
}

function checkKey(pair: Pair): Pair {
  if (typeof pair[0] !== "string") {
    throw wrongKind("a string as a key of the Map", pair[0]);
  }
  return pair;
}

/** The order of the server, so that a decoded value is encoded to the same bytes. */
function comparePairs([a]: Pair, [b]: Pair): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || compareCodePoints(a, b);
}

function writeContent(key: string, content: string | null, out: ByteWriter): void {
  if (content === null) {
    out.int32(NULL_LENGTH);
  } else if (typeof content === "string") {
    writeString(content, out);
  } else {
    throw wrongKind(`a string or null for the key ${describeValue(key)}`, content);
  }
}

function writeString(value: string, out: ByteWriter): void {
  const field = out.openField();
  out.text(value);
  out.closeField(field);
}

function readPairs(input: ByteReader): Record<string, string | null> {
  const record: Record<string, string | null> = {};
  for (let left = input.int32(); left > 0; left--) {
    const key = input.text(input.int32());
    const length = input.int32();
    const content = length === NULL_LENGTH ? null : input.text(length);
    if (key === "__proto__") {
      // An assignment would set the prototype.
      Object.defineProperty(record, key, {
        value: content,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    } else {
      record[key] = content;
    }
  }
  return record;
}
