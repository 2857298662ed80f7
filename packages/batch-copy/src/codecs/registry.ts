/** The column types by family. This is the only list of the types that a definition can use. */
export type { ParameterizedType } from "./parameterized-type.js";
// Booleans and numbers
export { bool } from "./number/bool.js";
export { int2, int4, int8 } from "./number/integer.js";
export { float4, float8 } from "./number/float.js";
export { numeric, type Numeric } from "./number/numeric.js";
export { money } from "./number/money.js";
// Text
export { text, varchar } from "./text/text.js";
export { bpchar, char, charInternal } from "./text/char.js";
export { name, refcursor } from "./text/name.js";
export { xml } from "./text/xml.js";
// Bytes, bits, UUIDs
export { bytea } from "./binary/bytea.js";
export { uuid } from "./binary/uuid.js";
export { bit, varbit } from "./binary/bit.js";
// JSON
export { json, jsonb, type Json } from "./json/json.js";
export { jsonpath } from "./json/jsonpath.js";
// Dates and times
export { date, timestamp, timestamptz } from "./datetime/date-time.js";
export { time, timetz } from "./datetime/time.js";
export { interval, type Interval } from "./datetime/interval.js";
export type { IntervalParts } from "./datetime/interval-parts.js";
export type { IntervalFields, SecondIntervalFields } from "./datetime/interval-modifier.js";
export type {
  TemporalDuration,
  TemporalInstant,
  TemporalPlainDate,
  TemporalPlainDateTime,
  TemporalPlainTime,
} from "./datetime/temporal.js";
// Network addresses
export { cidr, inet } from "./network/inet.js";
export { macaddr, macaddr8 } from "./network/macaddr.js";
// System types
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
} from "./system/oid.js";
export { cid, xid, xid8 } from "./system/transaction-id.js";
export { pg_snapshot, txid_snapshot } from "./system/snapshot.js";
export { tid, type Tid } from "./system/tid.js";
export { pg_lsn } from "./system/pg-lsn.js";
export { int2vector, oidvector } from "./system/oidvector.js";
// Geometric types
export {
  box,
  circle,
  line,
  lseg,
  point,
  type Circle,
  type Line,
  type TwoPoints,
} from "./geometry/geometric.js";
export { path, polygon, type Path } from "./geometry/path.js";
export type { Point } from "./geometry/point-bytes.js";
// Text search
export { tsvector, type Tsvector, type TsvectorPosition } from "./search/tsvector.js";
export { tsquery } from "./search/tsquery.js";
// Extensions that come with PostgreSQL
export { hstore, type Hstore } from "./extension/hstore.js";
export { citext } from "./extension/citext.js";
export { lquery, ltree, ltxtquery } from "./extension/ltree.js";
export { cube, type Cube, type CubeCorners } from "./extension/cube.js";
// pgvector
export { halfvec, vector, type Vector } from "./pgvector/vector.js";
export { sparsevec, type SparseEntries, type SparseVector } from "./pgvector/sparse-vector.js";
// PostGIS
export { geography, geometry, type GeometryType, type GeometryValue } from "./postgis/geometry.js";
export type { GeoJsonGeometry, GeoJsonPosition } from "./postgis/geo-json.js";
// Arrays, enums, domains, composite types, ranges
export { arrayOf, type ArrayValue, type NestedArray, type ShapedArray } from "./container/array.js";
export { compositeOf, type CompositeValue } from "./container/composite.js";
export { domainOf } from "./container/domain.js";
export { enumOf } from "./container/enum.js";
export {
  multirangeOf,
  rangeOf,
  type MultirangeValue,
  type RangeBounds,
  type RangeValue,
} from "./container/range.js";
