import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { readUint32, writeUint32 } from "./unsigned.js";

/** `INT2OID` and `OIDOID` (src/include/catalog/pg_type.dat). */
const INT2 = 21;
const OID = 26;

/**
 * `int2vector`: an array of 16-bit integers, or a string of them with spaces between: `"1 2 3"`. An
 * empty vector is an error, because the server accepts it only in text format (`int2vectorrecv` in
 * src/backend/utils/adt/int.c). PostgreSQL 13 accepts at most 100 elements.
 */
export const int2vector: ColumnType<readonly number[] | string> = columnType("int2vector", {
  hasArrayValues: true,
  encode(value, out) {
    const elements = elementsOf(value);
    writeHeader(elements.length, INT2, out);
    for (const element of elements) {
      if (typeof element !== "number" || (element << 16) >> 16 !== element) {
        throw new RangeError(`the element ${describeValue(element)} is not a 16-bit integer`);
      }
      out.int32(2);
      out.int16(element);
    }
  },
  decode: (input) => readElements(input, () => input.int16()),
});

/**
 * `oidvector`: an array of integers from 0 to 4294967295, or a string of them with spaces between:
 * `"26 2276"`. The limits are those of {@link int2vector} (`oidvectorrecv` in
 * src/backend/utils/adt/oid.c).
 */
export const oidvector: ColumnType<readonly number[] | string> = columnType("oidvector", {
  hasArrayValues: true,
  encode(value, out) {
    const elements = elementsOf(value);
    writeHeader(elements.length, OID, out);
    for (const element of elements) {
      out.int32(4);
      writeUint32(element, out);
    }
  },
  decode: (input) => readElements(input, () => readUint32(input)),
});

/** The format that PostgreSQL prints. Some versions read an OID with a leading zero as octal. */
const INTEGER = /^-?(?:0|[1-9]\d{0,9})$/;

function elementsOf(value: readonly number[] | string): readonly number[] {
  const elements = typeof value === "string" ? parseElements(value) : value;
  if (!Array.isArray(elements)) {
    throw wrongKind("an array of integers or a string of them", value);
  }
  if (elements.length === 0) {
    throw new RangeError("PostgreSQL does not accept an empty vector in binary");
  }
  return elements as readonly number[];
}

function parseElements(text: string): readonly number[] {
  if (text === "") {
    return [];
  }
  return text.split(" ").map((element) => {
    if (!INTEGER.test(element)) {
      throw new RangeError(
        `${describeValue(text)} is not a valid list of integers, such as "1 2 3"`,
      );
    }
    return Number(element);
  });
}

/**
 * The header of an array (`array_recv` in src/backend/utils/adt/arrayfuncs.c) with one dimension
 * whose lower bound is 0.
 */
function writeHeader(length: number, elementType: number, out: ByteWriter): void {
  out.int32(1);
  out.int32(0);
  out.int32(elementType);
  out.int32(length);
  out.int32(0);
}

function readElements(input: ByteReader, readElement: () => number): number[] {
  input.slice(12);
  const length = input.int32();
  input.int32();
  return Array.from({ length }, () => {
    input.int32();
    return readElement();
  });
}
