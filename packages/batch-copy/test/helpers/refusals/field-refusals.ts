import { raw } from "./raw.js";
import { refusal, type Refusal } from "./refusal.js";

/**
 * Bytes that are no value of their column's type. Our codecs write none of them; those of users may.
 */
export const fieldRefusals: readonly Refusal[] = [
  field("08P01", "integer", "00000001", "0001"),
  field("22P03", "integer", "00000001", "0000000100"),
  field("22P03", "numeric", "0000000000000000", "0001000000000000ffff"),
  field("22021", "text", "61", "ff"),
  field("22008", "date", "00000000", "7ffffffe"),
  field("22008", "timestamp without time zone", "0000000000000000", "7ffffffffffffffe"),
  field("22P03", "uuid", "00".repeat(16), "00".repeat(17)),
  field("22P02", "jsonb", "017b7d", "017b"),
  field("XX000", "jsonb", "017b7d", "097b7d"),
  field("42601", "jsonpath", "0124", "012428"),
  field("42622", "name", "61", "61".repeat(64)),
  field("42804", "integer[]", array("00000017"), array("00000019")),
  field("22P03", "integer[]", array("00000017"), "00000000000000ff00000017"),
  field("54000", "integer[]", array("00000017"), "000000070000000000000017"),
  field("22000", "int4range", "01", "0200000004000000050000000400000001"),
  field("2200N", "xml", "3c612f3e", "3c61"),
];

/** An empty array whose elements are of the type with this OID. */
function array(elementType: string): string {
  return `0000000000000000${elementType}`;
}

function field(sqlState: string, type: string, good: string, bad: string): Refusal {
  const values = { good: Buffer.from(good, "hex"), bad: Buffer.from(bad, "hex") };
  return refusal(`${type} of the bytes ${bad}`, sqlState, raw(type), values, { rule: "SELECT" });
}
