import { describeValue } from "../codecs/describe-value.js";
import { keySource } from "../codecs/identifier.js";
import { isInheritedByAll } from "../codecs/record.js";
import { BatchCopyError } from "../errors.js";
import { definitionOf, writableColumns } from "./definition-of.js";
import type { ColumnDescription, TableDescription } from "./describe-table.js";
import type { Field } from "./field.js";
import { camelCase, snakeCase } from "./snake-case.js";
import type { Columns } from "./table.js";

/** Options of {@link definitionSource}. */
export interface DefinitionSourceOptions {
  /**
   * `"snake_case"` prints keys in camelCase, and the option `names` of the definition: `"snake_case"`, or,
   * if a column such as `address_2` does not come back from its key, an object of names by key.
   * @default the keys are the names of the columns
   */
  readonly names?: "snake_case" | undefined;
}

/**
 * Prints the definition of a table as TypeScript, to paste into your code. Generated columns and
 * columns that are GENERATED ALWAYS AS IDENTITY are left out. A comment says which columns have a default
 * in the database: to use it, remove the column.
 *
 * @throws SchemaMismatchError if a column has a type without a codec.
 * @throws BatchCopyError with code `INVALID_OPTION` for other `names`.
 * @example
 * const description = await describeTable(pool, "app.metrics");
 * console.log(definitionSource(description, { names: "snake_case" }));
 */
export function definitionSource(
  description: TableDescription,
  { names }: DefinitionSourceOptions = {},
): string {
  const columns = writableColumns(description);
  const fields = fieldsOf(columns, names);
  const definition = definitionOf(description, fields);
  const types = fields.map(({ key }) => typeSource(definition.columns[key]!));
  const lines = fields.map(({ key }, index) => {
    return `    ${keySource(key)}: ${types[index]},${comment(columns[index]!)}\n`;
  });
  const imports = new Set(["table", ...types.flatMap(identifiersOf)]);
  return `import { ${[...imports].toSorted().join(", ")} } from "batch-copy";

export const ${variableName(definition.name, imports)} = table(
  ${JSON.stringify(definition.name)},
  {
${lines.join("")}  },
  { schema: ${JSON.stringify(definition.schema)}${names === undefined ? "" : namesSource(fields)} },
);
`;
}

function fieldsOf(columns: readonly ColumnDescription[], rule: unknown): readonly Field[] {
  if (rule === undefined) {
    return columns.map(({ name }) => ({ key: name, name }));
  }
  if (rule === "snake_case") {
    return camelCaseFields(columns.map(({ name }) => name));
  }
  throw new BatchCopyError(
    "INVALID_OPTION",
    `names must be "snake_case", got ${describeValue(rule)}`,
  );
}

/** Columns that come back from their keys have the first choice of a key. */
function camelCaseFields(names: readonly string[]): readonly Field[] {
  const keys = new Map(names.filter(comesBack).map((name) => [name, camelCase(name)]));
  const taken = new Set(keys.values());
  return names.map((name) => {
    const key = keys.get(name) ?? freeKey(name, taken);
    taken.add(key);
    return { key, name };
  });
}

function comesBack(name: string): boolean {
  return snakeCase(camelCase(name)) === name;
}

function freeKey(name: string, taken: ReadonlySet<string>): string {
  let key = camelCase(name);
  while (taken.has(key)) {
    key += "_";
  }
  return key;
}

function namesSource(fields: readonly Field[]): string {
  if (fields.every(({ key, name }) => snakeCase(key) === name)) {
    return ', names: "snake_case"';
  }
  // The compiler would take what every object inherits for the name of such a key.
  const listed = fields.filter(({ key, name }) => key !== name || isInheritedByAll(key));
  const pairs = listed.map(({ key, name }) => `${keySource(key)}: ${JSON.stringify(name)}`);
  return `, names: { ${pairs.join(", ")} }`;
}

function typeSource(type: Columns[string]): string {
  return `${type.name}${type.isNullable ? ".nullable()" : ""}`;
}

/** On one line: a line break in an expression would end the comment. */
function comment(column: ColumnDescription): string {
  return column.default === undefined
    ? ""
    : ` // default: ${column.default.replace(/\s+/g, " ")}; to use it, remove this line`;
}

/** The identifiers in the source: words outside of strings, except keys. */
function identifiersOf(source: string): string[] {
  const code = source
    .replace(/"(?:[^"\\]|\\.)*"(?:: )?/g, "")
    .replace(/\b(?:schema|nullable)\b/g, "");
  return code.match(/[A-Za-z_]\w*/g) ?? [];
}

/** Words that cannot name a variable in a module, the last ones in a module of CommonJS. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new " +
    "null package private protected public return static super switch this throw true try typeof var " +
    "void while with yield exports Object require"
  ).split(" "),
);

/** A JavaScript name for the table that is not taken. */
function variableName(name: string, taken: ReadonlySet<string>): string {
  const words = name.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
  const isFree = /[^_]/.test(words) && !RESERVED.has(words) && !taken.has(words);
  return isFree ? words : `${words}Table`;
}
