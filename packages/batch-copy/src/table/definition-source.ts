import { definitionOf } from "./definition-of.js";
import type { TableDescription } from "./describe-table.js";
import { columnsOf } from "./table.js";

/**
 * The TypeScript source of the definition of a table, to paste.
 *
 * @throws SchemaMismatchError if a column has a type without a codec.
 * @example
 * console.log(definitionSource(await describeTable(pool, "app.metrics")));
 */
export function definitionSource(description: TableDescription): string {
  const definition = definitionOf(description);
  const columns = columnsOf(definition.columns).map(({ name, type }) => {
    return { name, source: `${type.name}${type.isNullable ? ".nullable()" : ""}` };
  });
  const names = new Set(["table", ...columns.flatMap(({ source }) => identifiersOf(source))]);
  const lines = columns.map(({ name, source }) => `    ${JSON.stringify(name)}: ${source},\n`);
  return `import { ${[...names].toSorted().join(", ")} } from "batch-copy";

export const ${variableName(definition.name, names)} = table(
  ${JSON.stringify(definition.name)},
  {
${lines.join("")}  },
  { schema: ${JSON.stringify(definition.schema)} },
);
`;
}

/** The names that the source uses: words outside of strings that are no keys. */
function identifiersOf(source: string): string[] {
  const code = source
    .replace(/"(?:[^"\\]|\\.)*"(?:: )?/g, "")
    .replace(/\b(?:schema|nullable)\b/g, "");
  return code.match(/[A-Za-z_]\w*/g) ?? [];
}

/** What a variable of a module cannot be called. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let new " +
    "null package private protected public return static super switch this throw true try typeof var " +
    "void while with yield"
  ).split(" "),
);

/** A JavaScript name for the table, other than those that are taken. */
function variableName(name: string, taken: ReadonlySet<string>): string {
  const words = name.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
  const isFree = /[^_]/.test(words) && !RESERVED.has(words) && !taken.has(words);
  return isFree ? words : `${words}Table`;
}
