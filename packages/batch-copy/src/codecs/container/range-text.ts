import { PartReader } from "./part-reader.js";

/** A range with texts as bounds. */
export interface RangeText {
  /** Null for an infinite bound. */
  readonly lower: string | null;
  readonly upper: string | null;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
}

/**
 * Reads the text form of a range, `[1,10)` or `empty` (`range_parse` in
 * src/backend/utils/adt/rangetypes.c).
 *
 * @throws RangeError for text that the server does not accept.
 */
export function parseRange(text: string): RangeText | "empty" {
  const reader = new PartReader(text, "range");
  const range = readRange(reader);
  reader.expectEnd();
  return range;
}

/**
 * Reads the text form of a multirange, `{[1,2),[4,5)}` (`multirange_in` in
 * src/backend/utils/adt/multirangetypes.c).
 *
 * @throws RangeError for text that the server does not accept.
 */
export function parseMultirange(text: string): (RangeText | "empty")[] {
  const reader = new PartReader(text, "multirange");
  const ranges: (RangeText | "empty")[] = [];
  reader.skipSpaces();
  reader.expect("{");
  reader.skipSpaces();
  if (!reader.take("}")) {
    do {
      ranges.push(readRange(reader));
      reader.skipSpaces();
    } while (reader.take(","));
    reader.expect("}");
  }
  reader.expectEnd();
  return ranges;
}

function readRange(reader: PartReader): RangeText | "empty" {
  reader.skipSpaces();
  if (reader.take("empty")) {
    return "empty";
  }
  const lowerInclusive = reader.take("[");
  if (!lowerInclusive) {
    reader.expect("(");
  }
  const lower = reader.part(BOUND_ENDS);
  reader.expect(",");
  const upper = reader.part(BOUND_ENDS);
  const upperInclusive = reader.take("]");
  if (!upperInclusive) {
    reader.expect(")");
  }
  return { lower, upper, lowerInclusive, upperInclusive };
}

const BOUND_ENDS = ",)]";
