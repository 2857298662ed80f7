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
export { time, timetz } from "./time.js";
export { interval, type Interval, type IntervalParts } from "./interval.js";
export type { IntervalFields, SecondIntervalFields } from "./interval-modifier.js";
export type { ParameterizedType } from "./parameterized-type.js";
export { bpchar, char, charInternal } from "./char.js";
export { name, refcursor } from "./name.js";
export { xml } from "./xml.js";
export { jsonpath } from "./jsonpath.js";
export { money } from "./money.js";
export { bit, varbit } from "./bit.js";
export { cidr, inet } from "./inet.js";
export { macaddr, macaddr8 } from "./macaddr.js";
export {
  oid,
  regclass,
  regcollation,
  regconfig,
  regdictionary,
  regnamespace,
  regoper,
  regoperator,
  regproc,
  regprocedure,
  regrole,
  regtype,
  type Oid,
} from "./oid.js";
export { cid, xid, xid8 } from "./transaction-id.js";
export { pg_snapshot, txid_snapshot } from "./snapshot.js";
export { tid, type Tid } from "./tid.js";
export { pg_lsn } from "./pg-lsn.js";
export { int2vector, oidvector } from "./oidvector.js";
export {
  box,
  circle,
  line,
  lseg,
  point,
  type Circle,
  type Line,
  type TwoPoints,
} from "./geometric.js";
export { path, polygon, type Path } from "./path.js";
export type { Point } from "./point-bytes.js";
export { tsvector, type Tsvector, type TsvectorPosition } from "./tsvector.js";
export { tsquery } from "./tsquery.js";
// Of extensions:
export { hstore, type Hstore } from "./hstore.js";
export { citext } from "./citext.js";
export { lquery, ltree, ltxtquery } from "./ltree.js";
export { cube, type Cube, type CubeCorners } from "./cube.js";
export { halfvec, vector, type Vector } from "./vector.js";
export { sparsevec, type SparseEntries, type SparseVector } from "./sparse-vector.js";
export { geography, geometry, type GeometryType, type GeometryValue } from "./geometry.js";
export type { GeoJsonGeometry, GeoJsonPosition } from "./geo-json.js";
// Made of others:
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
export type {
  TemporalDuration,
  TemporalInstant,
  TemporalPlainDate,
  TemporalPlainDateTime,
  TemporalPlainTime,
} from "./temporal.js";
