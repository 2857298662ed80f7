import type { ColumnType } from "../codecs/column-type.js";
import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription, TypeKind } from "../codecs/type-description.js";

type DefinedType = ColumnType<unknown, boolean, boolean>;

/** The OIDs of those types of a definition that exist in the database, by SQL name. */
export type TypeOids = ReadonlyMap<string, number>;

const KIND_NAMES: Readonly<Record<TypeKind, string>> = {
  base: "a base type",
  array: "an array",
  domain: "a domain",
  enum: "an enum",
  composite: "a composite type",
  range: "a range",
  multirange: "a multirange",
};

/** The SQL names of a type and of all of its parts. */
export function sqlNamesOf({ sql, shape }: DefinedType): string[] {
  return [sql, ...Object.values(shape?.parts ?? {}).flatMap(sqlNamesOf)];
}

/**
 * How a type in the database differs from that of the definition, in itself or in its parts; undefined
 * if it does not. The server would not notice: binary values have no types, or only those that we write.
 */
export function typeDifference(
  defined: DefinedType,
  actual: TypeDescription,
  oids: TypeOids,
): string | undefined {
  if (!isSameType(defined, actual, oids)) {
    return inBoth(actual.sql, written(defined));
  }
  const { kind = actual.kind, parts = {}, labels = [] } = defined.shape ?? {};
  if (kind !== actual.kind) {
    return inBoth(KIND_NAMES[actual.kind], KIND_NAMES[kind]);
  }
  const missing = labels.find((label) => !actual.labels?.includes(label));
  if (missing !== undefined) {
    return `is ${actual.sql}, which has no label ${JSON.stringify(missing)}`;
  }
  const differences = Object.entries(parts).map(([name, part]) => {
    return partDifference(name, part, actual, oids);
  });
  return differences.find((difference) => difference !== undefined);
}

function partDifference(
  name: string,
  part: DefinedType,
  whole: TypeDescription,
  oids: TypeOids,
): string | undefined {
  const actual = partOf(whole, name);
  if (actual === undefined) {
    return `is ${whole.sql}, which has no attribute ${quoteIdentifier(name)}`;
  }
  const difference = typeDifference(part, actual, oids);
  return difference && `is ${whole.sql}, whose ${partName(whole.kind, name)} ${difference}`;
}

function partOf(
  { kind, attributes, element }: TypeDescription,
  name: string,
): TypeDescription | undefined {
  switch (kind) {
    case "composite":
      return attributes?.find((attribute) => attribute.name === name)?.type;
    case "multirange":
      return element?.element;
    default:
      return element;
  }
}

function partName(kind: TypeKind, name: string): string {
  switch (kind) {
    case "composite":
      return `attribute ${quoteIdentifier(name)}`;
    case "domain":
      return "base type";
    case "array":
      return "element";
    default:
      return "bound";
  }
}

function inBoth(actual: string, defined: string): string {
  return `is ${actual} in the database and ${defined} in the definition`;
}

function written({ name, sql, ddl }: DefinedType): string {
  return name === sql || ddl.length > 0 ? sql : `${name} (${sql})`;
}

/**
 * Built-in types are the same if their SQL names and parameters are. The names of other types depend on
 * the search_path, and may be those of built-in ones: they are compared by OID, or by name if the
 * search_path or the role's privileges do not reach them, and by their parameters.
 */
function isSameType({ sql }: DefinedType, actual: TypeDescription, oids: TypeOids): boolean {
  if (actual.schema === "pg_catalog") {
    return actual.sql === sql;
  }
  if (parametersOf(actual.sql) !== parametersOf(sql)) {
    return false;
  }
  const oid = oids.get(sql);
  if (oid !== undefined) {
    return actual.oid === oid;
  }
  return quotedName(actual) === sql || bareName(actual.sql) === bareName(sql);
}

/** As a definition writes the name of a type with its schema. */
function quotedName({ kind, schema, name, element }: TypeDescription): string {
  return kind === "array" ? `${quotedName(element!)}[]` : quoteQualified(schema, name);
}

const PARAMETERS = /\([^()"]*\)(?=(?:\[\])?$)/;

function parametersOf(sql: string): string {
  return PARAMETERS.exec(sql)?.[0].replaceAll(" ", "") ?? "";
}

function bareName(sql: string): string {
  return sql.replace(PARAMETERS, "").replace(/^(?:"(?:[^"]|"")*"|[^".]+)\./, "");
}
