import type { TableDescription } from "batch-copy";

import { columnNameOf } from "../file/column-name.js";
import { sampledKeys } from "../file/sampled-keys.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { NdjsonReader } from "../read/ndjson/ndjson-reader.js";
import { shapeOf } from "./column-shape.js";
import { fillableColumns } from "./field-plan.js";
import type { TextFormat } from "./text-file.js";

const LINE_FEED = 0x0a;

/** Finds out what the keys of an NDJSON file are. */
export function ndjsonFormat(
  input: Input,
  table: TableDescription,
  options: LoadOptions,
): TextFormat {
  const isChosen = options.columns !== undefined;
  const fields = options.columns?.filter((key) => key !== "") ?? keysOf(input, table, options);
  const columns = fields.map((key) => {
    const column = columnNameOf(key, options);
    const type = table.columns.find(({ name }) => name === column)?.type;
    return { key, ...shapeOf(type) };
  });
  const unknownKeys = isChosen || options.unknownKeys === "ignore" ? "ignore" : "bad";
  return {
    fields,
    header: new Uint8Array(0),
    description: `NDJSON; keys: ${fields.join(", ")}`,
    decision: undefined,
    start: 0,
    startLine: 1,
    lineEnd: LINE_FEED,
    reader: (handler, from) => new NdjsonReader(columns, handler, from, { unknownKeys }),
  };
}

/**
 * The keys that fill columns: those in the first lines, and those of columns that may be NULL, which other
 * lines may have. A column that has a default, and no key in the first lines, gets its default.
 */
function keysOf(input: Input, table: TableDescription, options: LoadOptions): string[] {
  const fillable = new Set(fillableColumns(table, options));
  const keys = sampledKeys(input.start).filter((key) => {
    return fillable.has(columnNameOf(key, options)) || options.map.get(key) === "";
  });
  const filled = new Set(keys.map((key) => columnNameOf(key, options)));
  const byColumn = new Map([...options.map].map(([key, column]) => [column, key]));
  const others = table.columns.filter(({ name, hasDefault }) => {
    return fillable.has(name) && !filled.has(name) && !hasDefault;
  });
  return [...keys, ...others.map(({ name }) => byColumn.get(name) ?? keyOf(name, options))];
}

function keyOf(column: string, { names }: LoadOptions): string {
  return names === "snake_case"
    ? column.replace(/_(\p{Ll})/gu, (_, letter: string) => letter.toUpperCase())
    : column;
}
