/**
 * A type as it is in the database, with the parameters of its use. A type that is made of others
 * has their descriptions.
 */
export interface TypeDescription {
  readonly oid: number;
  readonly schema: string;
  /** `pg_type.typname`. */
  readonly name: string;
  /** As `format_type` prints it, with its parameters: `character varying(255)`. */
  readonly sql: string;
  readonly kind: TypeKind;
  /** Whether it has a binary format, without which binary COPY is not possible. */
  readonly hasBinaryForm: boolean;
  /** Of a domain: true if it is NOT NULL itself; its base type may be as well. */
  readonly notNull?: boolean;
  /**
   * The elements of an array or a multirange, the base type of a domain, or the bounds of a range.
   */
  readonly element?: TypeDescription;
  /** The delimiter of an array's text form: `pg_type.typdelim`. */
  readonly delimiter?: string;
  /** The attributes of a composite type in order. */
  readonly attributes?: readonly AttributeDescription[];
  /** The labels of an enum in order. */
  readonly labels?: readonly string[];
}

/** The type under all domains. */
export function baseTypeOf(type: TypeDescription): TypeDescription {
  return type.kind === "domain" ? baseTypeOf(type.element!) : type;
}

/** Whether the type is a domain that is NOT NULL, or over one that is: neither takes a NULL. */
export function isNotNullDomain({ kind, notNull = false, element }: TypeDescription): boolean {
  return kind === "domain" && (notNull || isNotNullDomain(element!));
}

export type TypeKind = "base" | "array" | "domain" | "enum" | "composite" | "range" | "multirange";

export interface AttributeDescription {
  readonly name: string;
  readonly type: TypeDescription;
}
