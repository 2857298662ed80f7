import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { startServer } from "@batch-copy/test-server";

import { Copier, int4, table, text, TimeoutError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import type { AnyRow } from "../helpers/source-scene.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";
import { within } from "../helpers/spooled/within.js";

// It is stopped and started again.
const server = await startServer();
const db = useDatabase(server);
const open = spooledScenes(db);
const retry = { minDelayMs: 20, maxDelayMs: 100 };

/** Sends numbered rows, each when the one before is durable, until it is stopped. */
class Sending {
  sent = 0;
  #isStopped = false;
  readonly #done: Promise<void>;

  constructor(copier: Copier<AnyRow>) {
    this.#done = this.#send(copier);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #send(copier: Copier<AnyRow>): Promise<void> {
    while (!this.#isStopped) {
      await copier.send({ id: this.sent, note: "n" });
      this.sent++;
    }
  }
}

describe("a copier with a spool, when the server fails,", () => {
  for (const mode of ["fast", "immediate"] as const) {
    it(`goes on after a restart (${mode}): each row is there once, in order`, async () => {
      const scene = await open();
      await using copier = await scene.connect({ retry });
      const sending = new Sending(copier);
      await eventually(() => sending.sent > 100, "rows are sent");
      // The server forgets what it has committed last, but the source is there.
      await sleep(1000);
      await server.restart(mode);
      const { sent } = sending;
      await eventually(() => sending.sent > sent + 100, "more are sent");
      await sending.stop();
      await within(20, copier.flush(), "flush()");
      const ids = await scene.ids();
      assert.deepEqual(
        ids.toSorted((a, b) => a - b),
        idsOf(0, sending.sent),
      );
    });
  }

  it("knows whether the server has forgotten its source", async () => {
    const scene = await open();
    const sender = await scene.startProcess({ retry });
    try {
      await sender.send(numbered(0, 100));
      await server.restart("immediate");
      await within(8, sender.close(), "close()");
    } finally {
      await sender.kill();
    }
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 100));
  });

  it("accepts rows while the server is away", async () => {
    const scene = await open();
    await using copier = await scene.connect({ retry });
    await copier.insert({ id: 0, note: "n" });
    await server.halt("fast");
    try {
      await copier.sendMany(numbered(1, 1000));
      await assert.rejects(
        copier.insert({ id: 1000, note: "n" }, { timeoutMs: 300 }),
        (error) => error instanceof TimeoutError && error.accepted,
      );
    } finally {
      await server.resume();
    }
    await within(20, copier.flush(), "flush()");
    assert.deepEqual(await scene.ids(), idsOf(0, 1001));
  });

  it("leaves rows on disk when it is closed while the server is away", async () => {
    const scene = await open();
    const copier = await scene.connect({ retry });
    await copier.insert({ id: 0, note: "n" });
    await server.halt("fast");
    try {
      await copier.sendMany(numbered(1, 1000));
      await within(10, copier.close({ timeoutMs: 300 }), "close()");
    } finally {
      await server.resume();
    }
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 1000));
    assert.deepEqual(await scene.entries(), []);
  });

  it("goes on when its connections are ended", async () => {
    const scene = await open();
    await using copier = await scene.connect({ retry, connections: 2 });
    const sending = new Sending(copier);
    for (let time = 0; time < 5; time++) {
      await sleep(100);
      await db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND query LIKE '%${scene.name.split(".")[1]}%'`,
      );
    }
    await sending.stop();
    await within(20, copier.flush(), "flush()");
    const ids = await scene.ids();
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      idsOf(0, sending.sent),
    );
  });

  it("ends insert()s after retry.timeoutMs, and goes on to write their rows", async () => {
    const scene = await open();
    await using copier = await scene.connect({ retry: { ...retry, timeoutMs: 300 } });
    await copier.insert({ id: 0, note: "n" });
    await server.halt("fast");
    try {
      await copier.send({ id: 1, note: "n" });
      await within(
        10,
        assert.rejects(
          copier.insert({ id: 2, note: "n" }),
          (error) => error instanceof TimeoutError && error.accepted,
        ),
        "insert()",
      );
      await copier.send({ id: 3, note: "n" });
    } finally {
      await server.resume();
    }
    await eventually(async () => (await scene.ids()).length === 4, "all are written", 20);
    assert.deepEqual(await scene.ids(), [0, 1, 2, 3]);
    await copier.insert({ id: 4, note: "n" });
  });

  it("keeps rows while their table is away, and rejects those that it does not take afterwards", async () => {
    const scene = await open("id int CHECK (id <> 50), note text");
    await using copier = await scene.connect({ retry });
    await copier.insert({ id: 0, note: "n" });
    await db.pool.query(`ALTER TABLE ${scene.name} RENAME TO moved_away`);
    await copier.sendMany(numbered(1, 100));
    await sleep(300);
    await db.pool.query(
      `ALTER TABLE ${db.schema}.moved_away RENAME TO ${scene.name.split(".")[1]}`,
    );
    await within(20, copier.flush(), "flush()");
    assert.deepEqual(
      await scene.ids(),
      idsOf(0, 100).filter((id) => id !== 50),
    );
    assert.deepEqual(
      (await scene.letters()).map(({ row }) => row["id"]),
      ["50"],
    );
  });
});

describe("a copier with a spool and a definition", () => {
  it("connects and accepts rows while the server is away", async () => {
    const scene = await open("id int NOT NULL, note text NOT NULL");
    const [schema, name] = scene.name.split(".");
    const definition = table(name!, { id: int4, note: text }, { schema: schema! });
    await server.halt("fast");
    let copier: Copier<{ id: number; note: string }> | undefined;
    try {
      copier = await Copier.connect(definition, { ...(scene.options as object), retry });
      await copier.send({ id: 1, note: "n" });
    } finally {
      await server.resume();
    }
    await within(20, copier.flush(), "flush()");
    await copier.close();
    assert.deepEqual(await scene.ids(), [1]);
  });
});
