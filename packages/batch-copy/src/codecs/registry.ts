/** The column types, a family a line: the one list of what a definition can be made of. */
export { bool } from "./bool.js";
export { int2, int4, int8 } from "./integer.js";
export { float4, float8 } from "./float.js";
export { numeric, type Numeric } from "./numeric.js";
export { text, varchar } from "./text.js";
export { bytea } from "./bytea.js";
export { uuid } from "./uuid.js";
export { json, jsonb, type Json } from "./json.js";
export { date, timestamp, timestamptz } from "./date-time.js";
export { arrayOf, type ArrayValue, type NestedArray, type ShapedArray } from "./array.js";
export { compositeOf, type CompositeValue } from "./composite.js";
export { domainOf } from "./domain.js";
export { enumOf } from "./enum.js";
export {
  multirangeOf,
  rangeOf,
  type MultirangeValue,
  type RangeBounds,
  type RangeValue,
} from "./range.js";
export type { TemporalInstant, TemporalPlainDate, TemporalPlainDateTime } from "./temporal.js";
