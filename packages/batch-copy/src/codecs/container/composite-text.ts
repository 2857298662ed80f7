import { PartReader } from "./part-reader.js";

/**
 * Reads the text form of a composite value, `(1,"a b",)`: the text of each attribute, or null
 * (`record_in` in src/backend/utils/adt/rowtypes.c).
 *
 * @throws RangeError for text that the server does not accept.
 */
export function parseComposite(text: string): (string | null)[] {
  const reader = new PartReader(text, "composite value");
  const attributes: (string | null)[] = [];
  reader.skipSpaces();
  reader.expect("(");
  do {
    attributes.push(reader.part(",)"));
  } while (reader.take(","));
  reader.expect(")");
  reader.expectEnd();
  return attributes;
}
