import { ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { quoteQualified, schemaSource } from "../identifier.js";
import { LimitError } from "../limit-error.js";

/**
 * The enum with that name. A value is one of its labels.
 *
 * @example
 * table("people", { mood: enumOf("mood", ["sad", "ok"]) }); // mood: "sad" | "ok"
 */
export function enumOf<const Label extends string>(
  name: string,
  labels: readonly Label[],
  options: { readonly schema?: string } = {},
): ColumnType<Label> {
  const sql = quoteQualified(options.schema, name);
  const known = new Set<string>(labels);
  const literals = labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(", ");
  const shown = labels.map((label) => JSON.stringify(label)).join(", ");
  return new ColumnType(
    {
      name: `enumOf(${JSON.stringify(name)}, [${shown}]${schemaSource(options.schema)})`,
      sql,
      ddl: [`CREATE TYPE ${sql} AS ENUM (${literals});`],
      shape: { kind: "enum", parts: {}, labels },
      codecFor: () => ({
        encode(value, out) {
          if (typeof value !== "string") {
            throw wrongKind("a label", value);
          }
          if (!known.has(value)) {
            throw new LimitError(`${describeValue(value)} is not a label of ${name}`);
          }
          out.text(value);
        },
        decode: (input) => input.text() as Label,
      }),
    },
    false,
  );
}
