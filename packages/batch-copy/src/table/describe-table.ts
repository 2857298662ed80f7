import {
  isNotNullDomain,
  type AttributeDescription,
  type TypeDescription,
  type TypeKind,
} from "../codecs/type-description.js";
import { ConnectError } from "../errors.js";
import { askCatalog, type Queryable } from "./ask-catalog.js";
import { CATALOG_QUERY, WRITE_CATALOG_QUERY } from "./catalog-query.js";
import type { WriteFacts } from "./write-facts.js";

/** A table as the database has it. */
export interface TableDescription {
  /** `pg_class.oid`, which stays the same if the table is renamed. */
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `pg_class.relkind`: r for a table, p for a partitioned one, f for a foreign one, v for a view … */
  readonly kind: string;
  /** Whether only the connection that created it sees it. */
  readonly isTemporary: boolean;
  /**
   * Whether rows can be inserted, privileges aside: into tables, into foreign tables whose wrapper
   * takes rows, and into views with an INSTEAD OF INSERT trigger.
   */
  readonly acceptsRows: boolean;
  /** Whether row-level security is active for the current role. */
  readonly hasActiveRowSecurity: boolean;
  readonly columns: readonly ColumnDescription[];
}

/** A column as the database has it. */
export interface ColumnDescription {
  readonly name: string;
  readonly type: TypeDescription;
  /** Whether the column or its domain is NOT NULL. */
  readonly notNull: boolean;
  /** Whether the server has a value for it if it is left out: a default, an identity, an expression. */
  readonly hasDefault: boolean;
  /** The default as SQL, `nextval('orders_id_seq'::regclass)`; of an identity, its clause. */
  readonly default: string | undefined;
  /** `GENERATED ALWAYS AS (…)`, stored or virtual. */
  readonly isGenerated: boolean;
  /** `GENERATED ALWAYS AS IDENTITY`. */
  readonly isIdentityAlways: boolean;
  /** Whether the current role may INSERT into it. */
  readonly isInsertable: boolean;
}

/** Whether rows without the column get a default or NULL. */
export function mayBeLeftOut({ hasDefault, notNull }: ColumnDescription): boolean {
  return hasDefault || !notNull;
}

/** A type where it is used: its OID, and its name with parameters from `format_type`. */
interface TypeUse {
  readonly oid: number;
  /** Null for the elements of an array, whose parameters are the array's. */
  readonly sql: string | null;
}

interface FoundType {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: TypeKind;
  readonly hasBinaryForm: boolean;
  /** Of a domain that is NOT NULL itself; the one that it is over may be as well. */
  readonly notNull: boolean;
  readonly element: TypeUse | null;
  readonly delimiter: string | null;
  readonly labels: readonly string[] | null;
  readonly attributes: readonly { readonly name: string; readonly type: TypeUse }[] | null;
}

interface FoundColumn extends Omit<ColumnDescription, "type" | "hasDefault" | "default"> {
  readonly type: TypeUse;
  readonly default: string | null;
}

/** What the catalog query returns. */
interface Found {
  readonly clientEncoding: string;
  readonly table: (Omit<TableDescription, "columns"> & { readonly columns: FoundColumn[] }) | null;
  readonly types: readonly FoundType[] | null;
  readonly typeOids: Readonly<Record<string, number>> | null;
  readonly hasRules: boolean | null;
  readonly facts: WriteFacts | null;
}

/** A table, and the OIDs of the types that were asked for, as far as they exist. */
export interface Lookup {
  readonly table: TableDescription;
  readonly typeOids: ReadonlyMap<string, number>;
  /** Undefined if it was not asked for, and COPY into the table does what an INSERT does. */
  readonly facts: WriteFacts | undefined;
}

/**
 * Looks a table up by its name as SQL reads it.
 *
 * @param types SQL names of types whose OIDs are wanted as well
 * @param asksForFacts whether what ON CONFLICT depends on is wanted as well
 * @returns undefined if there is no such table
 */
export async function lookUpTable(
  connection: Queryable,
  name: string,
  types: readonly string[],
  asksForFacts = false,
): Promise<Lookup | undefined> {
  const query = asksForFacts ? WRITE_CATALOG_QUERY : CATALOG_QUERY;
  const found = (await askCatalog(connection, query, [name, JSON.stringify(types)])) as Found;
  // The strings of a binary COPY are in the client's encoding; ours are UTF-8.
  if (found.clientEncoding !== "UTF8") {
    throw new ConnectError(
      `client_encoding is ${found.clientEncoding}. batch-copy needs UTF8: remove the setting from the pool, the role or the database.`,
    );
  }
  if (found.table === null) {
    return undefined;
  }
  const isCopyEnough = found.hasRules !== true && !found.table.hasActiveRowSecurity;
  if (!asksForFacts && !isCopyEnough) {
    return lookUpTable(connection, name, types, true);
  }
  const byOid = new Map(found.types?.map((type) => [type.oid, type]));
  const columns = found.table.columns.map((column) => describeColumn(column, byOid));
  return {
    table: { ...found.table, columns },
    typeOids: new Map(Object.entries(found.typeOids ?? {})),
    facts: found.facts ?? undefined,
  };
}

function describeColumn(
  column: FoundColumn,
  types: ReadonlyMap<number, FoundType>,
): ColumnDescription {
  const type = describe(column.type, types);
  return {
    ...column,
    type,
    notNull: column.notNull || isNotNullDomain(type),
    hasDefault: column.default !== null || column.isGenerated,
    default: column.default ?? undefined,
  };
}

/** The tree of a type and its parts, from the list of all types. */
function describe(use: TypeUse, types: ReadonlyMap<number, FoundType>): TypeDescription {
  const { element, delimiter, labels, attributes, notNull, ...found } = types.get(use.oid)!;
  // Where the search_path hides a built-in type, format_type writes its schema.
  const sql = (use.sql ?? found.name).replace(/^pg_catalog\./, "");
  return {
    ...found,
    sql,
    ...(notNull && { notNull }),
    ...(element && { element: describe(elementUse(element, sql), types) }),
    ...(delimiter !== null && { delimiter }),
    ...(labels && { labels }),
    ...(attributes && { attributes: attributes.map(describeAttribute) }),
  };

  function describeAttribute(attribute: { name: string; type: TypeUse }): AttributeDescription {
    return { name: attribute.name, type: describe(attribute.type, types) };
  }
}

/** `numeric(10,2)[]` is an array of `numeric(10,2)`. */
function elementUse({ oid, sql }: TypeUse, containerSql: string): TypeUse {
  return { oid, sql: sql ?? containerSql.replace(/\[\]$/, "") };
}
