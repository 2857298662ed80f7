import { NULL_FIELD, SCRATCH_FIELD, type Fields } from "./fields.js";

/** The text of a field; undefined if it is NULL. */
export function fieldText(
  { bytes, ends, kinds, scratch, starts }: Fields,
  field: number,
): string | undefined {
  if (kinds[field] === NULL_FIELD) {
    return undefined;
  }
  const source = kinds[field] === SCRATCH_FIELD ? scratch : bytes;
  return Buffer.from(source.subarray(starts[field], ends[field])).toString();
}
