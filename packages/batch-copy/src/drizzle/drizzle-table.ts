import { reasonOf } from "../codecs/describe-value.js";
import { BatchCopyError } from "../errors.js";
import { described } from "../table/table-argument.js";

/**
 * What is read of a column object of Drizzle
 * (https://github.com/drizzle-team/drizzle-orm, drizzle-orm/src/column.ts).
 */
export interface ColumnObject {
  /** The name in the database, or the key if the definition gives no name. */
  readonly name: string;
  readonly keyAsName: boolean;
  readonly notNull: boolean;
  /** Whether rows can leave it out. */
  readonly hasDefault: boolean;
  /** A default of the server's. */
  readonly default: unknown;
  readonly defaultFn: (() => unknown) | undefined;
  readonly onUpdateFn: (() => unknown) | undefined;
  /** The name of the class, such as `PgBigInt53`. */
  readonly columnType: string;
  readonly generated: object | undefined;
  readonly generatedIdentity: object | undefined;
  /** The elements of an array. */
  readonly baseColumn?: ColumnObject;
  readonly enum?: {
    readonly enumName: string;
    readonly enumValues: readonly string[];
    readonly schema: string | undefined;
  };
  getSQLType(): string;
  mapToDriverValue(value: unknown): unknown;
  mapFromDriverValue(value: unknown): unknown;
}

/** Drizzle keeps what belongs to a table under symbols, because the keys are those of the columns. */
const NAME: unique symbol = Symbol.for("drizzle:Name") as never;
const SCHEMA: unique symbol = Symbol.for("drizzle:Schema") as never;
const COLUMNS: unique symbol = Symbol.for("drizzle:Columns") as never;
const EXTRA_COLUMNS: unique symbol = Symbol.for("drizzle:ExtraConfigColumns") as never;
const EXTRA_BUILDER: unique symbol = Symbol.for("drizzle:ExtraConfigBuilder") as never;
const IS_ALIAS: unique symbol = Symbol.for("drizzle:IsAlias") as never;
/** The name of a class. Minifiers rename classes, and there may be several copies of Drizzle. */
const ENTITY_KIND: unique symbol = Symbol.for("drizzle:entityKind") as never;

/** What is read of a table object of Drizzle. */
interface TableObject {
  readonly [NAME]: string;
  readonly [SCHEMA]: string | undefined;
  readonly [COLUMNS]: Readonly<Record<string, ColumnObject>>;
  readonly [EXTRA_COLUMNS]: Readonly<Record<string, unknown>>;
  readonly [EXTRA_BUILDER]: ((columns: unknown) => object) | undefined;
  readonly [IS_ALIAS]: boolean;
}

/** A table without Drizzle's symbols. */
export interface TableParts {
  readonly name: string;
  readonly schema: string | undefined;
  /** By key. */
  readonly columns: readonly (readonly [key: string, column: ColumnObject])[];
  /** The names of the columns of a `primaryKey()`, which Drizzle does not mark as NOT NULL. */
  readonly primaryKey: ReadonlySet<string>;
}

/** @throws BatchCopyError with code `INVALID_TABLE`, which says what was passed instead of a table. */
export function partsOf(value: unknown): TableParts {
  if (!isTable(value)) {
    throw new BatchCopyError(
      "INVALID_TABLE",
      `fromDrizzle() takes a table made by Drizzle's pgTable(), got ${kindOf(value)}`,
    );
  }
  return {
    name: value[NAME],
    schema: value[SCHEMA],
    columns: Object.entries(value[COLUMNS]),
    primaryKey: primaryKeyOf(value),
  };
}

function isTable(value: unknown): value is TableObject {
  return entityKinds(value).includes("PgTable") && !(value as TableObject)[IS_ALIAS];
}

function kindOf(value: unknown): string {
  const [kind] = entityKinds(value);
  if (kind === undefined) {
    return described(value);
  }
  return kind === "PgTable" ? "an alias of one" : `a Drizzle ${kind}`;
}

/** The names of the classes of a Drizzle object, its own first. */
function entityKinds(value: unknown): string[] {
  const kinds: string[] = [];
  if (typeof value !== "object" || value === null) {
    return kinds;
  }
  let prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  while (prototype !== null) {
    const { constructor } = prototype;
    if (typeof constructor === "function" && Object.hasOwn(constructor, ENTITY_KIND)) {
      kinds.push(String((constructor as unknown as Record<symbol, unknown>)[ENTITY_KIND]));
    }
    prototype = Object.getPrototypeOf(prototype) as { constructor?: unknown } | null;
  }
  return kinds;
}

function primaryKeyOf(table: TableObject): Set<string> {
  const extra = extraOf(table);
  // A table's extras are an array, or an object in code for older versions of Drizzle.
  const primaryKeys = Object.values(extra).filter((item) =>
    entityKinds(item).includes("PgPrimaryKeyBuilder"),
  ) as { readonly columns: readonly ColumnObject[] }[];
  return new Set(primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name)));
}

/** What the table has beside its columns. Drizzle itself asks for it later, when all tables are there. */
function extraOf(table: TableObject): object {
  try {
    return table[EXTRA_BUILDER]?.(table[EXTRA_COLUMNS]) ?? [];
  } catch (error) {
    throw new BatchCopyError(
      "INVALID_TABLE",
      `the constraints of the table ${JSON.stringify(table[NAME])} cannot be read: ${reasonOf(error)}. Call fromDrizzle() when all tables that they refer to are defined.`,
      { cause: error },
    );
  }
}
