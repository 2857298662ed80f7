import { definitionSource, describeTable } from "batch-copy";

import { EXIT } from "../failure.js";
import { withPool } from "../load/with-pool.js";
import type { DefinitionOptions } from "../options/tool-options.js";
import type { ToolOutput } from "./tool-output.js";

/** Prints the definition of a table as TypeScript. */
export async function definition(
  { databaseUrl, names, table }: DefinitionOptions,
  output: ToolOutput,
): Promise<number> {
  const description = await withPool(databaseUrl, (pool) => describeTable(pool, table));
  output.out(definitionSource(description, { names }).trimEnd());
  return EXIT.loaded;
}
