import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { parseQuery, PHRASE, printQuery, type QueryItem } from "./tsquery-text.js";

/** The kinds of items, `QI_VAL` and `QI_OPR` of src/include/tsearch/ts_type.h. */
const OPERAND = 1;
const OPERATOR = 2;

/**
 * `tsquery`: the server's text form, `"fat & (rat | cat) & !dog"`, `"super:*A"`, `"'two words' <->
 * next <2> but_one"`. Decodes to the text that the server prints, but with parentheses around a
 * right operand that has the same operator (`'a' & ( 'b' & 'c' )`): the server leaves them out and
 * then reads the operands in another order. The empty query is an error, because PostgreSQL does
 * not accept it in binary format (`tsqueryrecv` in src/backend/utils/adt/tsquery.c). The server
 * stores at most about 8 kB, because the value has to fit into a page. To parse search terms, use
 * `to_tsquery`.
 */
export const tsquery: ColumnType<string> = columnType("tsquery", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a tsquery string", value);
    }
    writeItems(parseQuery(value), out);
  },
  decode: (input) => printQuery(readItems(input)),
});

/** Operators first, right operands before left operands: the reverse order of the text. */
function writeItems(items: readonly QueryItem[], out: ByteWriter): void {
  out.int32(items.length);
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!;
    if ("operator" in item) {
      out.int8(OPERATOR);
      out.int8(item.operator);
      if (item.operator === PHRASE) {
        out.int16(item.distance);
      }
      continue;
    }
    out.int8(OPERAND);
    out.int8(item.weights);
    out.int8(item.isPrefix ? 1 : 0);
    out.text(item.word);
    out.int8(0);
  }
}

function readItems(input: ByteReader): QueryItem[] {
  const items: QueryItem[] = [];
  for (let left = input.int32(); left > 0; left--) {
    items.push(input.int8() === OPERAND ? readOperand(input) : readOperator(input));
  }
  return items.toReversed();
}

function readOperand(input: ByteReader): QueryItem {
  const weights = input.int8();
  const isPrefix = input.int8() !== 0;
  return { word: input.cstring(), weights, isPrefix };
}

function readOperator(input: ByteReader): QueryItem {
  const operator = input.int8();
  return { operator, distance: operator === PHRASE ? input.int16() : 0 };
}
