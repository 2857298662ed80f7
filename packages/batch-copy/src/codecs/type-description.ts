/** A type as the database has it, where it is used. Types that are made of others carry those. */
export interface TypeDescription {
  readonly oid: number;
  readonly schema: string;
  /** `pg_type.typname`. */
  readonly name: string;
  /** As `format_type` prints it, with its parameters: `character varying(255)`. */
  readonly sql: string;
  readonly kind: TypeKind;
  /** Whether it has a binary form, without which COPY cannot fill it in binary. */
  readonly hasBinaryForm: boolean;
  /** Of an array and of a multirange: its elements. Of a domain: what it is based on. Of a range: its bounds. */
  readonly element?: TypeDescription;
  /** Of an array: what stands between its elements in text. */
  readonly delimiter?: string;
  /** Of a composite type: its attributes in order. */
  readonly attributes?: readonly AttributeDescription[];
  /** Of an enum: its labels in order. */
  readonly labels?: readonly string[];
}

/** The type under all domains. */
export function baseTypeOf(type: TypeDescription): TypeDescription {
  return type.kind === "domain" ? baseTypeOf(type.element!) : type;
}

export type TypeKind = "base" | "array" | "domain" | "enum" | "composite" | "range" | "multirange";

export interface AttributeDescription {
  readonly name: string;
  readonly type: TypeDescription;
}
