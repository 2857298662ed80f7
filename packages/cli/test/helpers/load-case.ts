import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { run } from "./command.js";
import { useFolder } from "./folder.js";
import { rejectsIn } from "./rejects-in.js";
import { useSchema } from "./schema.js";

/** A reason for a reject: line, offset, column, SQLSTATE, and a part of the message. */
type ExpectedReason = readonly [
  line: number,
  offset: number,
  column: string | null,
  sqlstate: string | null,
  message: RegExp,
];

/** Files that are loaded into a table, and what becomes of them. */
export interface LoadCase {
  readonly name: string;
  /** The columns of the table. */
  readonly columns: string;
  /** Statements after its creation. `{t}` is the table, `{s}` its schema. */
  readonly setup?: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** What is loaded. @default the names of the files */
  readonly load?: readonly string[];
  readonly stdin?: string | Uint8Array;
  /** Options beside `--into` and `--rejects`, with the same placeholders. */
  readonly options?: readonly string[];
  /** Rows as PostgreSQL prints them, in any order: `(1,"",)` is 1, an empty text, NULL. */
  readonly rows: readonly string[];
  /** The query of the rows. @default that of all rows of the table */
  readonly query?: string;
  /** The file of rejects. @default none */
  readonly rejects?: string | Uint8Array;
  readonly reasons?: readonly ExpectedReason[];
  /** @default 1 if there are rejects, else 0 */
  readonly code?: number;
  /** What the command says. */
  readonly says?: RegExp;
}

/** As many at once as the machine has something to do for. */
const CONCURRENCY = 3;

/** Registers a test for each case: the command is run, and what it wrote is compared. */
export function describeLoads(title: string, cases: readonly LoadCase[]): void {
  const db = useSchema();
  const folder = useFolder();

  async function check(test: LoadCase, index: number): Promise<void> {
    const { columns, files, options = [], reasons = [], rejects, setup = "", stdin } = test;
    const table = `${db.name}.t${index}`;
    const fill = (text: string): string => text.replaceAll("{t}", table).replaceAll("{s}", db.name);
    await db.rows(`CREATE TABLE ${table} (${columns}); ${fill(setup)}`);
    const cwd = join(folder.path, String(index));
    mkdirSync(cwd);
    Object.entries(files).forEach(([name, content]) => writeFileSync(join(cwd, name), content));
    const into = options.includes("--into") ? [] : ["--into", table];
    const loaded = test.load ?? Object.keys(files);
    const args = ["load", ...loaded, ...into, "--rejects", "rejects", ...options.map(fill)];
    const { code, stdout, stderr } = await run(args, {
      cwd,
      ...(stdin !== undefined && { stdin }),
    });
    const query = fill(test.query ?? "SELECT loaded::text AS row FROM {t} loaded");
    const rows = await db.rows<{ row: string }>(query);
    assert.deepEqual(rows.map(({ row }) => row).toSorted(), [...test.rows].toSorted(), stderr);
    checkRejects(cwd, rejects, reasons);
    assert.match(stderr, test.says ?? /^/);
    assert.equal(code, test.code ?? (rejects === undefined ? 0 : 1), stderr);
    assert.equal(stdout, "");
  }

  describe(title, { concurrency: CONCURRENCY }, () => {
    for (const [index, test] of cases.entries()) {
      it(test.name, () => check(test, index));
    }
  });
}

function checkRejects(
  cwd: string,
  expected: string | Uint8Array | undefined,
  reasons: readonly ExpectedReason[],
): void {
  const path = join(cwd, "rejects");
  const found = existsSync(path) ? readFileSync(path).toString("latin1") : undefined;
  const wanted = expected === undefined ? undefined : Buffer.from(expected).toString("latin1");
  assert.equal(found, wanted);
  const parsed = rejectsIn(path);
  assert.deepEqual(
    parsed.map(({ line, offset, column, sqlstate }) => [line, offset, column, sqlstate]),
    reasons.map(([line, offset, column, sqlstate]) => [line, offset, column, sqlstate]),
    parsed.map(({ message }) => message).join("\n"),
  );
  parsed.forEach(({ message }, index) => assert.match(message, reasons[index]![4]));
}
