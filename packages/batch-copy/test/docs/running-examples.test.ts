import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { useDatabase } from "../helpers/database.js";
import { freePort, serve, useExamples } from "../helpers/example.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";

const db = useDatabase();
const run = useExamples();

function idsIn(table: string): Promise<{ id: number }[]> {
  return db.rows(`SELECT id::int FROM batch_copy_examples.${table} ORDER BY id`);
}

describe("the example with an HTTP server", () => {
  it("answers, and ends by SIGTERM when the database is there", async () => {
    const { post, stop } = await serve(run, db.url, "insert", await freePort());
    assert.deepEqual(await post("metrics", 1), { status: 201, body: { id: 1 } });
    assert.equal((await post("metrics", 1)).status, 409);
    assert.equal((await stop()).by, 0);
    assert.deepEqual(await idsIn("metrics"), [{ id: 1 }]);
  });

  it("answers 503 in time when the database is away, and ends by SIGTERM", async () => {
    const proxy = await FaultProxy.start();
    const port = await freePort();
    const { post, stop } = await serve(run, proxy.url, "insert", port);
    assert.equal((await post("metrics", 1)).status, 201);
    await proxy.close();
    const { status, body } = await post("metrics", 2);
    assert.equal(status, 503);
    assert.deepEqual({ ...body, error: "" }, { error: "", accepted: true });
    const open = post("metrics", 3);
    // A client that never finishes its request.
    const idle = connect(port, "localhost");
    idle.write("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
    // Until both have reached the server.
    await sleep(500);
    const [{ by }, answer] = await Promise.all([stop(), open]);
    assert.deepEqual([by, answer.status], [1, 503]);
    idle.destroy();
  });
});

for (const [name, endsBy] of [
  ["fastify", 0],
  ["nest", "SIGTERM"], // Nest repeats the signal after its hooks.
] as const) {
  describe(`the example with ${name}`, () => {
    it("answers requests, and logs a row that the server rejects later", async () => {
      const { post, stop } = await serve(run, db.url, name, await freePort());
      assert.deepEqual(await post("metrics", 1), { status: 201, body: { id: 1 } });
      assert.equal((await post("metrics", 1)).status, 409);
      assert.equal((await post("metrics", 0.5)).status, 400);
      assert.equal((await post("beacons", 2)).status, 202);
      assert.equal((await post("beacons", 1)).status, 202);
      const { by, output } = await stop();
      assert.equal(by, endsBy);
      assert.match(output, /not written/);
      assert.match(output, /duplicate key/);
      assert.deepEqual(await idsIn(`${name}_metrics`), [{ id: 1 }, { id: 2 }]);
    });

    it("answers open requests and writes accepted rows after SIGTERM", async () => {
      const { post, stop } = await serve(run, db.url, name, await freePort());
      const locker = await db.pool.connect();
      await locker.query(`BEGIN; LOCK TABLE batch_copy_examples.${name}_metrics`);
      const open = Promise.all([1, 2, 3].map((id) => post("metrics", id)));
      const accepted = Array.from({ length: 100 }, (_, n) => post("beacons", n + 4));
      for (const { status } of await Promise.all(accepted)) assert.equal(status, 202);
      const stopped = stop();
      await sleep(300);
      await locker.query("COMMIT");
      locker.release();
      assert.deepEqual(
        (await open).map(({ status }) => status),
        [201, 201, 201],
      );
      assert.equal((await stopped).by, endsBy);
      assert.equal((await idsIn(`${name}_metrics`)).length, 103);
    });
  });
}

describe("the example with pino", () => {
  const countLines = () => db.rows("SELECT count(*)::int FROM batch_copy_examples.log_lines");

  for (const [end, by] of [
    ["return", 0],
    ["exit", 0],
    ["throw", 1],
    ["SIGTERM", 0],
  ] as const) {
    it(`has all lines in the table when its process ends by ${end}`, async () => {
      const { by: ended, output } = await run(db.url, ["dist/pino.js", "--end", end]).ended();
      assert.equal(ended, by, output);
      assert.deepEqual(await countLines(), [{ count: 2000 }]);
    });
  }

  it("prints the lines that cannot be written, and writes the others", async () => {
    const [{ count }] = (await countLines()) as [{ count: number }];
    const program = `
      import { pino } from "pino";
      const logger = pino(pino.transport({
        target: new URL("dist/pino/transport.js", "file://" + process.cwd() + "/").href,
      }));
      logger.info("good");
      logger.info("not \\u0000 text");
      logger.info({ nested: { text: "not \\u0000 json" } }, "bad field");
      logger.info("good, too");`;
    const { by, output } = await run(db.url, ["--input-type=module", "-e", program]).ended();
    assert.equal(by, 0, output);
    assert.deepEqual(await countLines(), [{ count: count + 2 }]);
    assert.equal(output.match(/^not written: /gm)?.length, 2, output);
  });
});

for (const name of ["routing", "partitions", "upsert", "exactly-once", "durable-on-disk"]) {
  describe(`the example of ${name}`, () => {
    it("finds the rows where it has sent them, also when it runs again", async () => {
      for (let round = 0; round < 2; round++) {
        const { by, output } = await run(db.url, [`dist/${name}.js`]).ended();
        assert.equal(by, 0, output);
        assert.match(output, /^Checked: /m);
      }
    });
  });
}
