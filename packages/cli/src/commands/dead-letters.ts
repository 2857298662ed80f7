import { EXIT } from "../failure.js";
import { withPool } from "../load/with-pool.js";
import type { DeadLettersOptions } from "../options/tool-options.js";
import { LettersTable, type Letter, type LetterCount } from "./letters-table.js";
import { printable } from "./printable.js";
import { resend } from "./resend.js";
import { textTable, type TextColumn } from "./text-table.js";
import type { ToolOutput } from "./tool-output.js";

/** Lists dead letters, or sends them again. */
export async function deadLetters(
  options: DeadLettersOptions,
  output: ToolOutput,
): Promise<number> {
  const { resendTo } = options;
  if (resendTo !== undefined) {
    return resend(resendTo, options, output);
  }
  await withPool(options.databaseUrl, async (pool) => {
    const letters = await LettersTable.open(pool, options.letters, options.where);
    await (options.json ? listJson : list)(letters, options.limit, output);
  });
  return EXIT.loaded;
}

async function listJson(
  letters: LettersTable,
  limit: number | undefined,
  output: ToolOutput,
): Promise<void> {
  for await (const letter of letters.latest(limit ?? Infinity)) {
    output.out(JSON.stringify(letter));
  }
}

const COLUMNS: readonly TextColumn[] = [
  { title: "letters", isNumber: true },
  { title: "table" },
  { title: "error" },
  { title: "latest (UTC)" },
];

async function list(
  letters: LettersTable,
  limit: number | undefined,
  output: ToolOutput,
): Promise<void> {
  const counts = await letters.counts();
  if (counts.length === 0) {
    output.out("There are no dead letters.");
    return;
  }
  const rows = counts.map((count) => [count.count, count.table_name, errorOf(count), count.latest]);
  textTable(COLUMNS, rows, output.width).forEach((line) => output.out(line));
  let listed = 0n;
  for await (const letter of letters.latest(limit ?? Infinity)) {
    output.out("");
    linesOf(letter).forEach((line) => output.out(line));
    listed++;
  }
  const total = counts.reduce((sum, { count }) => sum + BigInt(count), 0n);
  if (listed < total) {
    output.out("");
    output.out(`${total - listed} more: --limit ${total} lists all.`);
  }
}

function linesOf(letter: Letter): string[] {
  const { at, id, message, row, table_name: table } = letter;
  const facts = {
    detail: letter.detail,
    column: letter.column_name,
    constraint: letter.constraint_name,
    source: letter.source === null ? null : `${letter.source}, position ${letter.position}`,
    row: JSON.stringify(row),
  };
  return [
    `${id}  ${at}  ${printable(table)}  ${errorOf(letter)}`,
    `  ${printable(message)}`,
    ...Object.entries(facts).flatMap(([name, text]) => {
      return text === null ? [] : [`  ${name}: ${printable(text)}`];
    }),
  ];
}

/** The SQLSTATE, or the code of an error that the server did not report. */
function errorOf({ code, sql_state }: Pick<LetterCount, "code" | "sql_state">): string {
  return sql_state ?? code;
}
