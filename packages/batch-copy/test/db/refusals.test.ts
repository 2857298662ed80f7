import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";

import { Copier, int4, text } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";

const db = useDatabase();

/** Runs a module of its own against the table, with the copier's class and the URL at hand. */
async function runModule(
  flags: readonly string[],
  code: string,
): Promise<{ stdout: string; stderr: string }> {
  const library = new URL("../../dist/index.js", import.meta.url).href;
  const source = `import { Copier } from ${JSON.stringify(library)};\n${code}`;
  const args = [...flags, "--input-type=module", "-e", source];
  return promisify(execFile)(process.execPath, args, {
    env: { ...process.env, DATABASE_URL: db.url },
    timeout: 30_000,
  });
}

async function tableOf(name: string, check: string): Promise<string> {
  await db.create(name, { id: int4, sender: text.nullable() });
  await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD ${check}`);
  return `${db.schema}.${name}`;
}

describe("rows that are refused and that nobody asks about", () => {
  it("cause a warning, once, if there is neither onReject nor flush()", async () => {
    const name = await tableOf("unasked", "CHECK (id < 0)");
    const { stderr } = await runModule(
      [],
      `const copier = await Copier.connect(${JSON.stringify(name)});
       for (let id = 0; id < 1000; id++) await copier.send({ id });`,
    );
    assert.match(
      stderr,
      /BatchCopyWarning: .*rows were not written \(set onReject.*violates check/,
    );
    assert.equal(stderr.match(/rows were not written/g)?.length, 1);
  });

  it("cause a warning if onReject itself fails", async () => {
    const name = await tableOf("failing_handler", "CHECK (id < 0)");
    const { stderr } = await runModule(
      [],
      `const onReject = () => { throw new Error("the queue is full"); };
       const copier = await Copier.connect(${JSON.stringify(name)}, { onReject });
       await copier.send({ id: 1 });`,
    );
    assert.match(stderr, /rows were not written \(onReject failed: the queue is full\)/);
  });

  it("cause none if a flush() reports them, or onReject takes them", async () => {
    const name = await tableOf("asked", "CHECK (id < 0)");
    const { stderr } = await runModule(
      [],
      `const copier = await Copier.connect(${JSON.stringify(name)});
       await copier.send({ id: 1 });
       await copier.flush().catch(() => {});
       await copier.close();
       const other = await Copier.connect(${JSON.stringify(name)}, { onReject: () => {} });
       await other.send({ id: 1 });
       await other.close();`,
    );
    assert.equal(stderr, "");
  });
});

describe("where built-in objects are frozen", () => {
  for (const [how, flags, code] of [
    ["by node --frozen-intrinsics", ["--frozen-intrinsics"], ""],
    ["by Object.freeze(Error)", [], "Object.freeze(Error);"],
  ] as const) {
    it(`${how}, refused and bad rows reject as ever`, async () => {
      const name = await tableOf(`frozen_${flags.length}`, "PRIMARY KEY (id)");
      const { stdout } = await runModule(
        flags,
        `${code}
         const copier = await Copier.connect(${JSON.stringify(name)});
         const outcomes = [];
         const outcome = (promise) => promise.then(() => "ok", (error) => error.code);
         outcomes.push(await outcome(copier.insert({ id: 1 })));
         outcomes.push(await outcome(copier.insert({ id: 1 })));
         outcomes.push(await outcome(copier.send({ id: "x" })));
         await copier.send({ id: 1 });
         outcomes.push(await outcome(copier.flush()));
         outcomes.push(await outcome(copier.close()));
         outcomes.push(await outcome(copier.send({ id: 2 })));
         console.log(outcomes.join());`,
      );
      assert.equal(stdout.trim(), "ok,ROW_REJECTED,ENCODE_FAILED,ROWS_REJECTED,ok,CLOSED");
    });
  }
});

describe("onReject", () => {
  it("runs in the async context of connect(), not in that of a sender", async () => {
    const request = new AsyncLocalStorage<string>();
    const contexts: unknown[] = [];
    const name = await tableOf("contexts", "UNIQUE (id)");
    const copier = await request.run("startup", () =>
      Copier.connect<{ id: number; sender: string }>(name, {
        databaseUrl: db.url,
        onReject: () => void contexts.push(request.getStore()),
      }),
    );
    for (const sender of ["A", "B", "C"]) {
      await request.run(sender, () => copier.send({ id: 1, sender }));
      await request.run(sender, () => copier.insert({ id: 2, sender }).catch(() => {}));
    }
    await eventually(() => contexts.length === 2, "two duplicates are handed over");
    await copier.close();
    assert.deepEqual(contexts, ["startup", "startup"]);
  });
});
