/** A type as the database has it. Types that are made of others carry those. */
export interface TypeDescription {
  readonly oid: number;
  readonly schema: string;
  /** `pg_type.typname`. */
  readonly name: string;
  readonly kind: "base" | "enum" | "domain" | "composite" | "range" | "multirange" | "array";
  /** Of an array: its elements. Of a domain: what it is based on. Of a (multi)range: its bounds. */
  readonly element?: TypeDescription;
  /** Of a composite type: its attributes in order. */
  readonly attributes?: readonly { readonly name: string; readonly type: TypeDescription }[];
  /** Of an enum: its labels in order. */
  readonly labels?: readonly string[];
}
