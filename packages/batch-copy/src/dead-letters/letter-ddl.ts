/** The columns of a table of dead letters: what each must be to take what is written to it. */
export interface LetterTableColumn {
  readonly name: string;
  /** Its type and constraints in CREATE TABLE. */
  readonly sql: string;
  /** The types that take its values, as `format_type` prints them. */
  readonly types: readonly string[];
  /** Whether it has a value in each letter; the server makes it if it is `"default"`. */
  readonly value: "always" | "sometimes" | "default";
}

const TEXTS: readonly string[] = ["text", "character varying"];

/** The columns of a table of dead letters. */
export const LETTER_COLUMNS: readonly LetterTableColumn[] = [
  {
    name: "id",
    sql: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    types: ["bigint", "integer"],
    value: "default",
  },
  {
    name: "at",
    sql: "timestamp with time zone NOT NULL DEFAULT now()",
    types: ["timestamp with time zone"],
    value: "default",
  },
  { name: "table_name", sql: "text NOT NULL", types: TEXTS, value: "always" },
  { name: "row", sql: "jsonb NOT NULL", types: ["jsonb"], value: "always" },
  { name: "code", sql: "text NOT NULL", types: TEXTS, value: "always" },
  { name: "sql_state", sql: "text", types: TEXTS, value: "sometimes" },
  { name: "message", sql: "text NOT NULL", types: TEXTS, value: "always" },
  { name: "detail", sql: "text", types: TEXTS, value: "sometimes" },
  { name: "constraint_name", sql: "text", types: TEXTS, value: "sometimes" },
  { name: "column_name", sql: "text", types: TEXTS, value: "sometimes" },
  { name: "source", sql: "text", types: TEXTS, value: "sometimes" },
  { name: "position", sql: "bigint", types: ["bigint"], value: "sometimes" },
];

/** CREATE TABLE for a table of dead letters with this quoted name. */
export function letterTableDdl(quotedName: string): string {
  const columns = LETTER_COLUMNS.map(({ name, sql }) => `  "${name}" ${sql}`);
  return `CREATE TABLE ${quotedName} (\n${columns.join(",\n")}\n);`;
}
