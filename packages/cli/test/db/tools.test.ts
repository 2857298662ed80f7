import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { run } from "../helpers/command.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();

describe("batch-copy definition", () => {
  before(() =>
    db.rows(`CREATE TABLE ${db.name}.prices (
      id bigint PRIMARY KEY, unit_price numeric(10,2), "at" timestamptz NOT NULL DEFAULT now())`),
  );

  it("prints the definition of a table", async () => {
    const { code, stdout, stderr } = await run(["definition", `${db.name}.prices`]);
    assert.equal(stderr, "");
    assert.equal(
      stdout,
      `import { int8, numeric, table, timestamptz } from "batch-copy";

export const prices = table(
  "prices",
  {
    "id": int8,
    "unit_price": numeric(10, 2).nullable(),
    "at": timestamptz, // default: now(); to use it, remove this line
  },
  { schema: "${db.name}" },
);
`,
    );
    assert.equal(code, 0);
  });

  it("prints keys in camelCase with --names snake_case", async () => {
    const args = ["definition", `${db.name}.prices`, "--names", "snake_case"];
    const { code, stdout } = await run(args);
    assert.match(stdout, /^ {4}"unitPrice": numeric\(10, 2\)\.nullable\(\),$/m);
    assert.match(stdout, /names: "snake_case"/);
    assert.equal(code, 0);
  });
});

describe("commands other than load", () => {
  before(() => db.rows(`CREATE TABLE ${db.name}.no_letters (id int)`));

  const missing: readonly { args: readonly string[]; says: RegExp }[] = [
    { args: ["definition", "no.table"], says: /table no\.table: it does not exist/ },
    { args: ["ledger", "list", "--ledger", "no.ledger"], says: /"no\.ledger" does not exist/ },
    { args: ["ledger", "forget", "x", "--ledger", "no.ledger"], says: /does not exist/ },
    { args: ["spool", "list", "/no/spool"], says: /the spool \/no\/spool: it does not exist/ },
    { args: ["spool", "repair", "/no/spool"], says: /the spool \/no\/spool: it does not exist/ },
    { args: ["spool", "list", "/dev/null"], says: /\/dev\/null: it is not a directory/ },
    { args: ["dead-letters", "list", "no.letters"], says: /no\.letters: it does not exist/ },
    {
      args: ["dead-letters", "resend", "no.letters", "--into", "no.table"],
      says: /no\.letters: it does not exist/,
    },
  ];
  for (const { args, says } of missing) {
    it(`${args.join(" ")} ends with exit code 2`, async () => {
      const { code, stderr, stdout } = await run(args);
      assert.match(stderr, says);
      assert.equal(stdout, "");
      assert.equal(code, 2);
    });
  }

  it("dead-letters refuses a table that has no dead letters", async () => {
    const { code, stderr } = await run(["dead-letters", "list", `${db.name}.no_letters`]);
    assert.match(stderr, /is not a table of dead letters: it has no column "at"/);
    assert.equal(code, 2);
  });

  const unreachable: readonly (readonly string[])[] = [
    ["definition", "prices"],
    ["ledger", "list"],
    ["dead-letters", "list", "letters"],
    ["dead-letters", "resend", "letters", "--into", "prices"],
  ];
  for (const args of unreachable) {
    it(`${args.join(" ")} ends with exit code 3 if the server cannot be reached`, async () => {
      // Port 1 is reserved (RFC 6335).
      const url = "postgres://user:secret@127.0.0.1:1/db";
      const { code, stderr } = await run(args, { env: { DATABASE_URL: url } });
      assert.match(stderr, /Cannot connect to the server: connect ECONNREFUSED 127\.0\.0\.1:1/);
      assert.ok(!stderr.includes("secret"), stderr);
      assert.equal(code, 3);
    });
  }

  it("prefers --database-url to DATABASE_URL", async () => {
    const args = ["ledger", "list", "--database-url", "postgres://user@127.0.0.1:1/db"];
    assert.equal((await run(args)).code, 3);
  });
});
