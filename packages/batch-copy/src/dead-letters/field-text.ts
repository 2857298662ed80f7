import { ByteReader } from "../bytes/byte-reader.js";
import { NULL_LENGTH } from "../codecs/codec.js";
import { readArrayHeader } from "../codecs/container/array-header.js";
import { baseTypeOf, type TypeDescription } from "../codecs/type-description.js";
import { arrayText, compositeText, multirangeText, rangeText } from "./container-text.js";

/** The text form of a value whose type is not made of others. */
export type LeafText = (type: TypeDescription, bytes: Buffer) => string;

/**
 * The text form of a value, from its binary form. Arrays, composite types and ranges are taken apart
 * here, because the server may have rejected the row for a part of one: a domain refuses a value of an
 * array, or a range ends before it begins. Then the server would not read the whole either.
 */
export function fieldText(type: TypeDescription, bytes: Buffer, leaf: LeafText): string {
  const base = baseTypeOf(type);
  switch (base.kind) {
    case "array":
      return ofArray(base, bytes, leaf);
    case "composite":
      return ofComposite(base, bytes, leaf);
    case "range":
      return ofRange(base, bytes, leaf);
    case "multirange":
      return ofMultirange(base, bytes, leaf);
    default:
      return leaf(base, bytes);
  }
}

function ofArray(
  { element, delimiter = "," }: TypeDescription,
  bytes: Buffer,
  leaf: LeafText,
): string {
  const input = new ByteReader(bytes);
  const { dimensions, lowerBounds, count } = readArrayHeader(input);
  const elements = Array.from({ length: count }, () => partText(element!, input, leaf));
  return arrayText(elements, dimensions, lowerBounds, delimiter);
}

/** The layout of `record_recv` in src/backend/utils/adt/rowtypes.c. */
function ofComposite({ attributes }: TypeDescription, bytes: Buffer, leaf: LeafText): string {
  const input = new ByteReader(bytes);
  input.int32();
  const texts = attributes!.map(({ type }) => {
    input.int32();
    return partText(type, input, leaf);
  });
  return compositeText(texts);
}

/** Flags of `range_recv` (src/include/utils/rangetypes.h). */
const EMPTY = 0x01;
const LOWER_INCLUSIVE = 0x02;
const UPPER_INCLUSIVE = 0x04;
const LOWER_INFINITE = 0x08;
const UPPER_INFINITE = 0x10;

function ofRange({ element }: TypeDescription, bytes: Buffer, leaf: LeafText): string {
  const input = new ByteReader(bytes);
  const flags = input.int8();
  const isWithout = (flag: number): boolean => (flags & (EMPTY | flag)) !== 0;
  const lower = isWithout(LOWER_INFINITE) ? null : partText(element!, input, leaf);
  const upper = isWithout(UPPER_INFINITE) ? null : partText(element!, input, leaf);
  return (flags & EMPTY) === 0
    ? rangeText(lower, upper, (flags & LOWER_INCLUSIVE) !== 0, (flags & UPPER_INCLUSIVE) !== 0)
    : "empty";
}

function ofMultirange({ element }: TypeDescription, bytes: Buffer, leaf: LeafText): string {
  const input = new ByteReader(bytes);
  const ranges = Array.from({ length: input.int32() }, () => partText(element!, input, leaf)!);
  return multirangeText(ranges);
}

function partText(type: TypeDescription, input: ByteReader, leaf: LeafText): string | null {
  const length = input.int32();
  return length === NULL_LENGTH ? null : fieldText(type, input.bytes(length), leaf);
}
