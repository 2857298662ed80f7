import { keySource } from "../codecs/identifier.js";
import { definitionOf, writableColumns } from "./definition-of.js";
import type { TableDescription } from "./describe-table.js";
import { columnsOf } from "./table.js";

/**
 * Prints the definition of a table as TypeScript, to paste into your code. Generated columns and
 * columns that are GENERATED ALWAYS AS IDENTITY are left out.
 *
 * @throws SchemaMismatchError if a column has a type without a codec.
 * @example
 * console.log(definitionSource(await describeTable(pool, "app.metrics")));
 */
export function definitionSource(description: TableDescription): string {
  const fields = writableColumns(description).map(({ name }) => ({ key: name, name }));
  const definition = definitionOf(description, fields);
  const columns = columnsOf(definition).map(({ name, type }) => {
    return { name, source: `${type.name}${type.isNullable ? ".nullable()" : ""}` };
  });
  const names = new Set(["table", ...columns.flatMap(({ source }) => identifiersOf(source))]);
  const lines = columns.map(({ name, source }) => `    ${keySource(name)}: ${source},\n`);
  return `import { ${[...names].toSorted().join(", ")} } from "batch-copy";

export const ${variableName(definition.name, names)} = table(
  ${JSON.stringify(definition.name)},
  {
${lines.join("")}  },
  { schema: ${JSON.stringify(definition.schema)} },
);
`;
}

/** The identifiers in the source: words outside of strings, except keys. */
function identifiersOf(source: string): string[] {
  const code = source
    .replace(/"(?:[^"\\]|\\.)*"(?:: )?/g, "")
    .replace(/\b(?:schema|nullable)\b/g, "");
  return code.match(/[A-Za-z_]\w*/g) ?? [];
}

/** Words that cannot name a variable in a module. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new " +
    "null package private protected public return static super switch this throw true try typeof var " +
    "void while with yield"
  ).split(" "),
);

/** A JavaScript name for the table that is not taken. */
function variableName(name: string, taken: ReadonlySet<string>): string {
  const words = name.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
  const isFree = /[^_]/.test(words) && !RESERVED.has(words) && !taken.has(words);
  return isFree ? words : `${words}Table`;
}
