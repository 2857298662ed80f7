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
