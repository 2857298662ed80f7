/** What writes through a temporary stage, and ON CONFLICT, depend on. */
export interface WriteFacts {
  readonly database: string;
  readonly role: string;
  /** `default_transaction_isolation`. */
  readonly isolation: string;
  /** TEMPORARY on the database. */
  readonly mayCreateTemporary: boolean;
  /** USAGE of plpgsql. */
  readonly mayUsePlpgsql: boolean;
  /** The names of the rules ON INSERT that are enabled. */
  readonly insertRules: readonly string[];
  /** The collations, quoted, of the columns whose types have another one. */
  readonly collations: Readonly<Record<string, string>>;
  /** How a stage stores the columns that the table does not compress as others of their types. */
  readonly specialStorage: Readonly<Record<string, StageStorage>>;
  /** Whether the table is a partition of another one. */
  readonly isPartition: boolean;
  /** The names of the rules ON UPDATE. */
  readonly updateRules: readonly string[];
  readonly indexes: readonly IndexFacts[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
  /** The foreign keys of other tables that reference the table. */
  readonly references: readonly ReferenceFacts[];
  readonly checks: readonly CheckFacts[];
  /** The user's triggers that are enabled, for each row or for each statement. */
  readonly triggers: readonly TriggerFacts[];
  readonly columns: readonly ColumnFacts[];
}

/** `PLAIN` also for a column whose values cannot be out of line: a row with a longer one is an error. */
export type StageStorage = "PLAIN" | "EXTERNAL";

/** An index as in `pg_index`. */
export interface IndexFacts {
  readonly oid: number;
  readonly name: string;
  readonly isUnique: boolean;
  readonly isPrimary: boolean;
  /** False while it is built by CREATE INDEX CONCURRENTLY, and after that has failed. */
  readonly isValid: boolean;
  /** Of an exclusion constraint, or of a unique constraint WITHOUT OVERLAPS. */
  readonly isExclusion: boolean;
  /** False for a deferrable constraint. */
  readonly isImmediate: boolean;
  readonly isPartial: boolean;
  readonly hasExpressions: boolean;
  readonly areNullsDistinct: boolean;
  /** Key columns and those of INCLUDE, except expressions. */
  readonly columns: readonly IndexColumn[];
  /** The columns that its expressions read. */
  readonly reads: readonly string[];
}

/** A column of an index. */
interface IndexColumn {
  readonly name: string;
  /** False for a column of INCLUDE. */
  readonly isKey: boolean;
  /** Whether it has the default operator class of its column's type. */
  readonly hasDefaultOperators: boolean;
  /** Whether it has the collation of the table's column. */
  readonly hasColumnCollation: boolean;
  /** Whether equal values have equal bytes. */
  readonly isEqualImage: boolean;
  /** How many bytes a value has at most; null if its type has no such limit. */
  readonly maxBytes: number | null;
}

interface ForeignKeyFacts {
  readonly name: string;
  /** Whether it references the table that it belongs to, or a table of which that is a partition. */
  readonly isOfItself: boolean;
}

interface ReferenceFacts {
  readonly name: string;
  /** The columns that it references. */
  readonly columns: readonly string[];
  /** Whether the other table is changed when they are: ON UPDATE CASCADE, SET NULL or SET DEFAULT. */
  readonly isFollowing: boolean;
}

interface CheckFacts {
  readonly name: string;
  readonly functions: readonly FunctionFacts[];
}

interface TriggerFacts {
  readonly name: string;
  readonly isOnInsert: boolean;
  readonly isOnUpdate: boolean;
}

interface ColumnFacts {
  readonly name: string;
  readonly isSelectable: boolean;
  readonly isUpdatable: boolean;
  readonly isIdentity: boolean;
  /** Its type, or that of its elements, if the role may not use it. */
  readonly unusableType: { readonly schema: string; readonly name: string } | null;
  /** The schemas of its type and its collation that the role may not use. */
  readonly unusableSchemas: readonly string[];
  /** The functions in its default that are not immutable. */
  readonly functions: readonly FunctionFacts[];
}

/** A function that is not immutable. */
export interface FunctionFacts {
  readonly name: string;
  readonly isVolatile: boolean;
  /** Whether the server has it by itself: the others may read the table. */
  readonly isBuiltIn: boolean;
}
