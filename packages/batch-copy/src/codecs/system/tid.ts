import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { readUint32, writeUint32 } from "./unsigned.js";

/** The location of a row version: the block of its table, and the offset in the block. */
export interface Tid {
  /** 0 to 4294967295. */
  readonly block: number;
  /** 0 to 65535. */
  readonly offset: number;
}

const TID = /^\((\d{1,10}),(\d{1,5})\)$/;
const MAX_OFFSET = 0xffff;

/** `tid`: `{ block, offset }`, or a string such as `"(0,1)"`. Decodes to the object. */
export const tid: ColumnType<Tid | string> = columnType("tid", {
  encode(value, out) {
    const { block, offset } = typeof value === "string" ? parseTid(value) : checkedTid(value);
    if (!Number.isInteger(offset) || offset < 0 || offset > MAX_OFFSET) {
      throw new RangeError(`the offset ${offset} is out of range (0 to ${MAX_OFFSET})`);
    }
    writeUint32(block, out);
    out.int16(offset);
  },
  decode: (input) => ({ block: readUint32(input), offset: input.uint16() }),
});

function parseTid(text: string): Tid {
  const match = TID.exec(text);
  if (match === null) {
    throw new RangeError(`${describeValue(text)} is not a valid tid, such as "(0,1)"`);
  }
  return { block: Number(match[1]), offset: Number(match[2]) };
}

function checkedTid(value: Tid): Tid {
  if (
    typeof value !== "object" ||
    typeof value.block !== "number" ||
    typeof value.offset !== "number"
  ) {
    throw wrongKind("{ block, offset } or a string", value);
  }
  return value;
}
