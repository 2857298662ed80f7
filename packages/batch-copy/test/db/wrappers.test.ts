import assert from "node:assert/strict";
import { errorMonitor, type EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool, type Client, type PoolClient } from "pg";

import { Copier, type CopierOptions } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";
import {
  beforeEachCall,
  CLIENT_CALLS,
  poolWithQuery,
  type Method,
} from "../helpers/tampered-pool.js";
import { collectUncaught } from "../helpers/uncaught.js";

const db = useDatabase();

/** What a tracer looks for in a query object. */
type QueryObject = EventEmitter & {
  submit?: unknown;
  text?: string;
  callback?: (...args: unknown[]) => void;
};

/** What a wrapper of `query` does with the first query object of a copier. */
type Tamper = (query: Method, client: unknown, object: QueryObject) => unknown;

interface Tampering {
  readonly name: string;
  readonly tamper: Tamper;
  /** How often the batch is tried again. */
  readonly retries: number;
}

const ended: unknown[] = [];

const TAMPERINGS: readonly Tampering[] = [
  {
    name: "waits for the event `end`, without a callback to hook",
    retries: 0,
    tamper(query, client, object) {
      const result = query.call(client, object);
      assert.equal(object.callback, undefined);
      object.once(errorMonitor, (error) => ended.push(error)).once("end", (r) => ended.push(r));
      return result;
    },
  },
  {
    name: "passes a callback of its own",
    retries: 0,
    tamper: (query, client, object) =>
      query.call(client, object, (_: unknown, result: unknown) => ended.push(result)),
  },
  {
    name: "hooks the callback that another one has passed",
    retries: 0,
    tamper(query, client, object) {
      object.callback = (_, result) => ended.push(result);
      return query.call(client, object);
    },
  },
  {
    name: "is an async function",
    retries: 0,
    async tamper(query, client, object) {
      await sleep(20);
      return query.call(client, object);
    },
  },
  {
    name: "calls twice",
    retries: 0,
    tamper(query, client, object) {
      query.call(client, object);
      return query.call(client, object);
    },
  },
  {
    name: "returns a promise that is rejected after the call",
    retries: 0,
    tamper(query, client, object) {
      const done = new Promise((resolve) => object.once("end", resolve));
      query.call(client, object);
      return done.then(() => Promise.reject(new Error("too late")));
    },
  },
  {
    name: "throws",
    retries: 1,
    tamper() {
      throw new Error("query() throws");
    },
  },
  {
    name: "throws something that is not an Error",
    retries: 1,
    tamper() {
      // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error
      throw "a string";
    },
  },
  {
    name: "returns a rejected promise",
    retries: 1,
    tamper: () => Promise.reject(new Error("query() rejects")),
  },
  {
    name: "replaces the object by a copy with a comment in its text",
    retries: 1,
    tamper: (query, client, object) =>
      query.call(client, Object.assign({}, object, { text: `/* traced */ ${object.text}` })),
  },
  { name: "never calls", retries: 1, tamper: () => undefined },
  {
    name: "calls when the attempt was given up long ago",
    retries: 1,
    async tamper(query, client, object) {
      await sleep(600);
      return query.call(client, object);
    },
  },
];

/** A pool whose clients' first query object is tampered with, once it is armed. */
function tamperedPool(tamper: Tamper): { readonly pool: Pool; readonly arm: () => void } {
  let isArmed = false;
  const pool = poolWithQuery(
    (query) =>
      function (...args) {
        const object = args[0] as QueryObject;
        if (!isArmed || object.submit === undefined) {
          return query.apply(this, args);
        }
        isArmed = false;
        return tamper(query, this, object);
      },
    { max: 2 },
  );
  return {
    pool,
    arm: () => {
      isArmed = true;
    },
  };
}

describe("a wrapper of client.query that", () => {
  for (const { name, tamper, retries } of TAMPERINGS) {
    it(`${name} costs ${retries} retries and no row`, async () => {
      ended.length = 0;
      const { pool, arm } = tamperedPool(tamper);
      const opened = await db.openCopier({
        databaseUrl: undefined,
        pool,
        connections: 1,
        copyTimeoutMs: 200,
        retry: { maxDelayMs: 100 },
      });
      arm();
      await opened.copier.insert(numberedRow(0));
      await opened.copier.insert(numberedRow(1));
      assert.equal(opened.copier.stats.retries, retries);
      await opened.copier.close();
      await assertNumberedRows(db, opened.name, 2);
      // The application's queries over the same clients end.
      await Promise.all([pool.query("SELECT 1"), pool.query("SELECT 2"), pool.query("SELECT 3")]);
      await sleep(retries === 0 ? 0 : 600);
      await pool.end();
      const results = ended.map((result) => (result as { rowCount?: number }).rowCount);
      assert.deepEqual(
        results,
        results.map(() => 1),
      );
    });
  }

  it("never calls back for the first question makes connect() reject in time", async () => {
    const pool = poolWithQuery(() => () => new Promise(() => {}));
    await assert.rejects(Copier.connect("anything", { pool, connectTimeoutMs: 100 }), {
      code: "CONNECT_FAILED",
      message: /no answer within 100 ms/,
    });
    await pool.end();
  });

  it("learns of a refused batch by the event `error`", async () => {
    const errors: Error[] = [];
    const { pool, arm } = tamperedPool((query, client, object) => {
      object.on("error", (error: Error) => errors.push(error));
      return query.call(client, object);
    });
    const { copier, name } = await db.openCopier({ databaseUrl: undefined, pool, connections: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id > 0)`);
    arm();
    await assert.rejects(copier.insert(numberedRow(0)), { code: "ROW_REJECTED" });
    assert.match(errors[0]!.message, /violates check constraint/);
    await copier.close();
    await pool.end();
  });
});

describe("a listener of a wrapper that throws", () => {
  it("is reported as uncaught, and the row is committed", async () => {
    const { pool, arm } = tamperedPool((query, client, object) => {
      object.once("end", () => {
        throw new Error("a listener throws");
      });
      return query.call(client, object);
    });
    const opened = await db.openCopier({ databaseUrl: undefined, pool, connections: 1 });
    arm();
    const uncaught = await collectUncaught(async () => {
      await opened.copier.insert(numberedRow(0));
      await opened.copier.close();
    });
    assert.deepEqual(
      uncaught.map(({ message }) => message),
      ["a listener throws"],
    );
    await pool.end();
    await assertNumberedRows(db, opened.name, 1);
  });
});

/** A pool that throws at one call of its clients, after it was armed. */
class ThrowingPool {
  readonly #pool = new Pool({ connectionString: databaseUrl, max: 4 });
  readonly #tampered = new Set<PoolClient>();
  #call = "";
  #left = 0;
  #isUsed = false;

  arm(call: string, nth: number): void {
    this.#call = call;
    this.#left = nth;
  }

  /** Whether it has thrown. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  connect(callback: (error: Error | undefined, client: PoolClient | undefined) => void): void {
    this.#count("connect");
    this.#pool.connect((error, client) => {
      if (client !== undefined && !this.#tampered.has(client)) {
        this.#tampered.add(client);
        beforeEachCall(client, CLIENT_CALLS, (name) => this.#count(name));
      }
      if (client !== undefined) {
        // The pool makes this one anew each time.
        beforeEachCall(client, ["release"], (name) => this.#count(name));
      }
      callback(error, client);
    });
  }

  /** Ends all clients: the pool does not have those any more for which its own call has thrown. */
  async end(): Promise<void> {
    this.#call = "";
    await Promise.all([...this.#tampered].map((client) => (client as unknown as Client).end()));
  }

  #count(name: string): void {
    if (name === this.#call && --this.#left === 0) {
      this.#isUsed = true;
      throw new Error(`${name} throws`);
    }
  }
}

async function survive(call: string, nth: number, options: CopierOptions): Promise<boolean> {
  const pool = new ThrowingPool();
  const { copier, name } = await db.openCopier({
    ...options,
    databaseUrl: undefined,
    pool,
    connections: 1,
    retry: { minDelayMs: 1, maxDelayMs: 2 },
  });
  await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id >= 0)`);
  pool.arm(call, nth);
  const uncaught = await collectUncaught(async () => {
    for (let id = 0; id < 4; id++) {
      const late = sleep(5000, "late", { ref: false });
      const inserted = copier.insert({ id, note: "x".repeat(100_000) });
      assert.notEqual(await Promise.race([inserted, late]), "late", `${call} ${nth}`);
    }
    await assert.rejects(copier.insert({ id: -1, note: "" }), { code: "ROW_REJECTED" });
    await copier.close();
  });
  for (const { message } of uncaught) {
    assert.equal(message, `${call} throws`);
  }
  const rows = await db.rows(`SELECT id FROM ${db.schema}.${name} ORDER BY id`);
  assert.deepEqual(rows, [{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }], `${call} ${nth}`);
  await pool.end();
  return pool.isUsed;
}

describe("a lane survives", () => {
  for (const call of ["connect", "release", ...CLIENT_CALLS]) {
    it(`what ${call} throws, whichever of its calls it is`, async () => {
      assert.ok(await survive(call, 1, {}), `${call} was called`);
      for (let nth = 2; nth <= 6; nth++) {
        await survive(call, nth, {});
      }
    });
  }

  it("a process.emitWarning that was replaced and throws", async () => {
    const { copier, name } = await db.openCopier({ retry: { minDelayMs: 1, maxDelayMs: 5 } });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} RENAME TO elsewhere_${name}`);
    const emitWarning = process.emitWarning.bind(process);
    const uncaught = await collectUncaught(async () => {
      process.emitWarning = () => {
        throw new Error("no warnings");
      };
      const inserted = copier.insert(numberedRow(0));
      await eventually(() => copier.stats.retries > 2, "it was tried again");
      await db.pool.query(`ALTER TABLE ${db.schema}.elsewhere_${name} RENAME TO ${name}`);
      await inserted;
      process.emitWarning = emitWarning;
    });
    assert.ok(uncaught.length > 0);
    uncaught.forEach(({ message }) => assert.equal(message, "no warnings"));
    await copier.close();
    await assertNumberedRows(db, name, 1);
  });
});
