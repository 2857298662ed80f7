import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { LoadOptions } from "../../dist/options/load-options.js";
import { runProgram } from "../../dist/options/program.js";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
  readonly action: [name: string, options: object] | undefined;
}

async function run(...args: string[]): Promise<Ran> {
  let out = "";
  let errors = "";
  let action: Ran["action"];
  const note = (name: string) => async (options: object) => {
    action = [name, options];
    return 0;
  };
  const actions = {
    load: note("load"),
    definition: note("definition"),
    ledger: note("ledger"),
    spool: note("spool"),
    deadLetters: note("deadLetters"),
  };
  const output = {
    version: "1.2.3",
    out: (text: string) => void (out += text),
    error: (text: string) => void (errors += text),
  };
  const code = await runProgram(args, actions, output);
  return { code, out, errors, action };
}

async function load(...args: string[]): Promise<LoadOptions> {
  const { code, errors, action } = await run("load", "a.csv", "--into", "t", ...args);
  assert.deepEqual([code, errors, action?.[0]], [0, "", "load"]);
  return action?.[1] as LoadOptions;
}

describe("the options of load", () => {
  it("have these defaults", async () => {
    assert.deepEqual(await load(), {
      files: ["a.csv"],
      into: "t",
      format: undefined,
      header: "auto",
      columns: undefined,
      map: new Map(),
      delimiter: undefined,
      quote: '"',
      nullText: "",
      encoding: undefined,
      compression: undefined,
      onConflict: undefined,
      key: undefined,
      rejects: undefined,
      maxRejects: undefined,
      resume: false,
      again: false,
      limit: undefined,
      skip: 0,
      dryRun: false,
      create: false,
      names: undefined,
      connections: 2,
      batchRows: 100_000,
      progress: "auto",
      quiet: false,
      verbose: false,
      json: false,
      databaseUrl: undefined,
      truncate: false,
      set: new Map(),
      ledger: undefined,
      unknownKeys: "error",
    });
  });

  it("are frozen", async () => {
    assert.ok(Object.isFrozen(await load()));
  });

  const read: [args: string[], expected: Partial<LoadOptions>][] = [
    [["b.csv", "-"], { files: ["a.csv", "b.csv", "-"] }],
    [["--format", "ndjson"], { format: "ndjson" }],
    [["--header"], { header: true }],
    [["--no-header"], { header: false }],
    [["--columns", "a,b"], { header: false, columns: ["a", "b"] }],
    [["--columns", "a", "--header"], { header: true }],
    [["--columns", 'a, "b, ""c""" ,,d'], { columns: ["a", 'b, "c"', "", "d"] }],
    [
      ["--map", "a=b=c", "--map", "x="],
      {
        map: new Map([
          ["a=b", "c"],
          ["x", ""],
        ]),
      },
    ],
    [
      ["--set", "a=b=c", "--set", "x="],
      {
        set: new Map([
          ["a", "b=c"],
          ["x", ""],
        ]),
      },
    ],
    [["--delimiter", "tab"], { delimiter: "\t" }],
    [["--delimiter", String.raw`\t`], { delimiter: "\t" }],
    [["--delimiter", "|", "--quote", "'"], { delimiter: "|", quote: "'" }],
    [["--quote", "none"], { quote: "" }],
    [["--quote", ""], { quote: "" }],
    [["--null", String.raw`\N`], { nullText: String.raw`\N` }],
    [["--null", "-"], { nullText: "-" }],
    [["--encoding", "UTF8"], { encoding: undefined }],
    [["--encoding", "LATIN1"], { encoding: "iso-8859-1" }],
    [["--encoding", "ISO-8859-1"], { encoding: "iso-8859-1" }],
    [["--encoding", "WIN1252"], { encoding: "windows-1252" }],
    [["--encoding", "EUC_JP"], { encoding: "euc-jp" }],
    [["--encoding", "utf-16"], { encoding: "utf-16le" }],
    [["--compression", "zstd"], { compression: "zstd" }],
    [["--on-conflict", "update", "--key", "a,b"], { onConflict: "update", key: ["a", "b"] }],
    [["--rejects", "r.csv", "--max-rejects", "10"], { rejects: "r.csv", maxRejects: { rows: 10 } }],
    [["--max-rejects", "0.5%"], { maxRejects: { percent: 0.5 } }],
    [["--resume", "--limit", "5", "--skip", "2"], { resume: true, limit: 5, skip: 2 }],
    [["--again", "--truncate"], { again: true, truncate: true }],
    [["--dry-run", "--create"], { dryRun: true, create: true }],
    [["--names", "snake_case"], { names: "snake_case" }],
    [["--connections", "4", "--batch-rows", "10"], { connections: 4, batchRows: 10 }],
    [["--json", "--progress", "none"], { json: true, progress: "none" }],
    [["--quiet"], { quiet: true }],
    [["--verbose", "--progress", "bar"], { verbose: true, progress: "bar" }],
    [["--database-url", "postgres://u@h/d?a=b"], { databaseUrl: "postgres://u@h/d?a=b" }],
    [
      ["--ledger", "app.ledger", "--unknown-keys", "ignore"],
      { ledger: "app.ledger", unknownKeys: "ignore" },
    ],
  ];
  for (const [args, expected] of read) {
    it(`read ${args.join(" ")}`, async () => {
      const options = await load(...args);
      const named = Object.keys(expected) as (keyof LoadOptions)[];
      assert.deepEqual(Object.fromEntries(named.map((name) => [name, options[name]])), expected);
    });
  }

  const refused: [args: string[], message: string][] = [
    [["--format", "cvs"], '--format must be csv, ndjson or parquet, got "cvs". Did you mean csv?'],
    [
      ["--columns", 'a,"b'],
      `--columns must be names that are separated by commas, such as id,"odd, name",price, got ${JSON.stringify('a,"b')}`,
    ],
    [["--columns", ","], '--columns must name a column, got ","'],
    [["--columns", "a,b,a"], '--columns names the column "a" twice'],
    [
      ["--key", "a,,b", "--on-conflict", "ignore"],
      '--key must be names of columns, such as id,day, got "a,,b"',
    ],
    [["--key", "a"], "--key needs --on-conflict update or --on-conflict ignore"],
    [["--map", "a"], '--map must be "Name in file=column", got "a"'],
    [["--map", "a=b", "--map", "a=c"], '--map is given twice for "a"'],
    [
      ["--map", "a=b", "--columns", "a"],
      "--map and --columns cannot be used together: both say which columns are filled",
    ],
    [
      ["--map", "a=b", "--no-header"],
      "--map and --no-header cannot be used together: use --columns for a file without a header",
    ],
    [["--set", "=1"], '--set must be column=value, got "=1"'],
    [
      ["--set", "a=1", "--columns", "a,b"],
      '--set gives the column "a" a value, which the file fills as well',
    ],
    [
      ["--delimiter", "ab"],
      '--delimiter must be one ASCII character, or tab, and no line break, got "ab"',
    ],
    [
      ["--delimiter", "§"],
      '--delimiter must be one ASCII character, or tab, and no line break, got "§"',
    ],
    [
      ["--delimiter", "\n"],
      String.raw`--delimiter must be one ASCII character, or tab, and no line break, got "\n"`,
    ],
    [["--delimiter", "'", "--quote", "'"], `--delimiter and --quote must differ, got "'" for both`],
    [
      ["--null", "a,b", "--delimiter", ","],
      '--null must not contain the character of --delimiter, ",", got "a,b"',
    ],
    [["--null", "a\nb"], String.raw`--null must not contain a line break, got "a\nb"`],
    [
      ["--encoding", "klingon"],
      '--encoding must be an encoding such as utf-8, latin1, windows-1252, utf-16le or shift_jis, got "klingon"',
    ],
    [
      ["--max-rejects", "101%"],
      '--max-rejects must be a number of rows, such as 100, or a percentage, such as 0.5%, got "101%"',
    ],
    [
      ["--max-rejects", "1.5"],
      '--max-rejects must be a number of rows, such as 100, or a percentage, such as 0.5%, got "1.5"',
    ],
    [["--limit", "0"], '--limit must be a whole number of at least 1, got "0"'],
    [["--skip", "-1"], '--skip must be a whole number of at least 0, got "-1"'],
    [["--connections", "1e3"], '--connections must be a whole number from 1 to 1000, got "1e3"'],
    [["--connections", "1001"], '--connections must be a whole number from 1 to 1000, got "1001"'],
    [["--quiet", "--verbose"], "--quiet and --verbose cannot be used together"],
    [["--quiet", "--progress", "bar"], "--quiet shows no progress: leave out --progress"],
    [
      ["--json", "--progress", "bar"],
      "--json writes the progress as JSON lines: leave out --progress, or use --progress none",
    ],
    [
      ["--resume", "--again"],
      "--resume and --again cannot be used together: --resume goes on where a load stopped, --again begins anew",
    ],
    [
      ["--resume", "--truncate"],
      "--resume and --truncate cannot be used together: --truncate would delete the rows that were loaded before",
    ],
    [["-", "--resume"], "--resume cannot be used with stdin (-), which can be read only once"],
    [["-", "-"], "stdin (-) can be read only once"],
    [
      ["--format", "parquet", "--no-header"],
      "--header or --no-header cannot be used with --format parquet",
    ],
    [["--format", "ndjson", "--null", ""], "--null cannot be used with --format ndjson"],
    [["--rejects", "./a.csv"], '--rejects must not be a file that is loaded, got "a.csv"'],
    [
      ["--database-url", "host=db password=secret"],
      "--database-url must be a URL, such as postgres://user@host/database; use the PG* variables for keywords and values",
    ],
    [
      ["--ledger", ""],
      "--ledger must be the name of a table, such as app.ledger, got an empty string",
    ],
    [["--hedaer"], 'unknown option "--hedaer". Did you mean --header?'],
    [["--columns"], "--columns <columns> needs a value"],
  ];
  for (const [args, message] of refused) {
    it(`refuse ${JSON.stringify(args.join(" "))}`, async () => {
      const { code, out, errors, action } = await run("load", "a.csv", "--into", "t", ...args);
      const told = args.includes("--json")
        ? { out: `${JSON.stringify({ type: "error", message })}\n`, errors: "" }
        : { out: "", errors: `batch-copy: ${message}\n` };
      assert.deepEqual({ code, out, errors }, { code: 2, ...told });
      assert.equal(action, undefined);
    });
  }
});

describe("the command line", () => {
  const refused: [args: string[], errors: RegExp][] = [
    [["load", "--into", "t"], /^batch-copy: no file to load is given; use - for stdin\n$/],
    [["load", "a"], /^batch-copy: --into <table> is missing: the table to load into\n$/],
    [["lod"], /^batch-copy: unknown command "lod". Did you mean load\?\n$/],
    [["ledger", "forget"], /^batch-copy: missing required argument "source"\n$/],
    [
      ["dead-letters", "resend", "l"],
      /^batch-copy: required option "--into <table>" not specified\n$/,
    ],
    [[], /^Usage: batch-copy /],
    [["spool"], /^Usage: batch-copy spool /],
  ];
  for (const [args, errors] of refused) {
    it(`that is ${JSON.stringify(args.join(" "))} ends with exit code 2`, async () => {
      const ran = await run(...args);
      assert.deepEqual([ran.code, ran.out, ran.action], [2, "", undefined]);
      assert.match(ran.errors, errors);
    });
  }

  const url = { databaseUrl: undefined };
  const tools: [args: string[], action: [string, object]][] = [
    [
      ["definition", "t", "--names", "snake_case"],
      ["definition", { table: "t", names: "snake_case", ...url }],
    ],
    [
      ["ledger", "list", "--json"],
      ["ledger", { ledger: undefined, forget: undefined, force: false, json: true, ...url }],
    ],
    [
      ["ledger", "forget", "a", "b", "--ledger", "l"],
      ["ledger", { ledger: "l", forget: ["a", "b"], force: false, json: false, ...url }],
    ],
    [
      ["spool", "list", "/s"],
      ["spool", { directory: "/s", repair: undefined, json: false }],
    ],
    [
      ["spool", "repair", "/s", "--adopt"],
      ["spool", { directory: "/s", repair: { stream: undefined, adopt: true }, json: false }],
    ],
    [
      ["dead-letters", "list", "l"],
      [
        "deadLetters",
        { letters: "l", resendTo: undefined, where: undefined, limit: 20, json: false, ...url },
      ],
    ],
    [
      ["dead-letters", "resend", "l", "--into", "t", "--where", "id > 1"],
      [
        "deadLetters",
        { letters: "l", resendTo: "t", where: "id > 1", limit: 20, json: false, ...url },
      ],
    ],
  ];
  for (const [args, action] of tools) {
    it(`reads ${args.join(" ")}`, async () => {
      const ran = await run(...args);
      assert.deepEqual([ran.code, ran.errors, ran.action], [0, "", action]);
    });
  }

  it("shows the version, and help on stdout", async () => {
    assert.deepEqual(await run("--version"), {
      code: 0,
      out: "1.2.3\n",
      errors: "",
      action: undefined,
    });
    const { code, out, errors } = await run("load", "--help");
    assert.deepEqual([code, errors], [0, ""]);
    assert.match(out, /^Usage: batch-copy load <file\.\.\.> --into <table> \[options\]\n/);
    assert.match(out, /\nExit codes:\n {2}0 {2}all rows are loaded\n/);
  });

  it("writes errors as a JSON line to stdout with --json", async () => {
    for (const args of [
      ["load", "--json"],
      ["ledger", "list", "--json", "--nope"],
    ]) {
      const { code, out, errors } = await run(...args);
      assert.deepEqual([code, errors], [2, ""]);
      assert.match(out, /^\{"type":"error","message":"[^\n]+"\}\n$/);
    }
  });

  it("leaves errors of a command to the caller", async () => {
    const fails = async (): Promise<number> => {
      throw new RangeError("from the command");
    };
    const actions = {
      load: fails,
      definition: fails,
      ledger: fails,
      spool: fails,
      deadLetters: fails,
    };
    const output = { version: "1", out() {}, error() {} };
    await assert.rejects(runProgram(["definition", "t"], actions, output), RangeError);
  });
});
