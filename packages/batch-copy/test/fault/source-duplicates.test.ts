import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, FencedError, type Source } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { SOURCE_OPTIONS } from "../helpers/source-faults/sink.js";
import { sourceTable, type SourceRow } from "../helpers/source-faults/unit.js";

const db = useDatabase();
const ledger = { table: `${db.schema}.ledger` };
const ROWS = 10;
/** Milliseconds between two attempts, in which another owner takes the source. */
const PAUSE_MS = 300;
const ALL = Array.from({ length: ROWS }, (_, id) => id);
/** A port at which nobody listens. */
const NOWHERE = "postgres://127.0.0.1:1";

async function createTable(name: string): Promise<ReturnType<typeof sourceTable>> {
  const definition = sourceTable(name, db.schema);
  await db.pool.query(`${definition.ddl}; ALTER TABLE ${db.schema}.${name} ADD UNIQUE (key)`);
  return definition;
}

async function connect(
  definition: ReturnType<typeof sourceTable>,
  databaseUrl: string,
  refused: unknown[] = [],
): Promise<Copier<SourceRow>> {
  return Copier.connect(definition, {
    ...SOURCE_OPTIONS,
    databaseUrl,
    ledger,
    onReject: ({ row }) => void refused.push(row.id),
  });
}

function rowAt(id: number): SourceRow {
  return { id, key: id, trait: "none", body: "", checksum: "00000000-0000-0000-0000-000000000000" };
}

async function sendAll(source: Source<SourceRow>): Promise<void> {
  for (const position of ALL) {
    await source.send(rowAt(position), position);
  }
}

async function idsIn(name: string): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(
    `SELECT id::int FROM ${db.schema}.${name} ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

describe("rows that are in their table already are not said to be refused as duplicates", () => {
  it("if another owner has written them meanwhile: the former is fenced", async () => {
    const definition = await createTable("taken");
    await using proxy = await FaultProxy.start();
    const refused: unknown[] = [];
    const lost: unknown[] = [];
    const former = await connect(definition, proxy.url, refused);
    const source = await former.source("taken", { start: 0, onLost: (error) => lost.push(error) });
    proxy.pointTo(NOWHERE);
    proxy.strike("cut");
    await sendAll(source);

    const next = await connect(definition, db.url);
    const claimed = await next.source("taken");
    assert.equal(claimed.position, 0n);
    await sendAll(claimed);
    await claimed.close();

    proxy.pointTo(db.url);
    await eventually(() => lost.length > 0, "the source is lost");
    await assert.rejects(source.flush(), FencedError);
    assert.ok(lost[0] instanceof FencedError);
    await Promise.all([former.close(), next.close()]);
    assert.deepEqual(refused, []);
    assert.deepEqual(await idsIn("taken"), ALL);
  });

  it("if the answer to their commit was lost", async () => {
    const definition = await createTable("answered");
    await using proxy = await FaultProxy.start();
    const refused: unknown[] = [];
    const copier = await connect(definition, proxy.url, refused);
    const source = await copier.source("answered", { start: 0 });
    // The server gets all that was sent, with CopyDone, and its answer does not arrive.
    const at = { direction: "toClient", side: "before", type: "G", nth: 1 } as const;
    const isLost = (): boolean => proxy.faults.some(({ fault }) => fault === "abandon");
    proxy.plan(() => (isLost() ? undefined : { at, fault: "abandon", forMs: 100 }));
    proxy.strike("cut");
    await sendAll(source);
    await source.close();
    await copier.close();
    assert.deepEqual(refused, []);
    assert.deepEqual(await idsIn("answered"), ALL);
    assert.equal(source.position, BigInt(ROWS));
    assert.ok(copier.stats.inDoubtCommitted > 0);
  });
});

describe("dead letters of a fenced owner", () => {
  it("are those of the next one alone", async () => {
    const definition = await createTable("lettered");
    const flawed = 3;
    // All rows of its position are refused with it.
    const sendUnits = async (source: Source<SourceRow>, from: number): Promise<void> => {
      for (const position of ALL.slice(from)) {
        const others = position === flawed ? [rowAt(flawed + 100), rowAt(flawed + 200)] : [];
        await source.sendMany([rowAt(position), ...others], position);
      }
    };
    await db.pool.query(`ALTER TABLE ${db.schema}.lettered ADD CHECK (id <> ${flawed})`);
    await using proxy = await FaultProxy.start();
    const options = { ...SOURCE_OPTIONS, ledger, deadLetters: `${db.schema}.letters` };
    const former = await Copier.connect(definition, {
      ...options,
      databaseUrl: proxy.url,
      connections: 1,
      retry: { minDelayMs: PAUSE_MS, maxDelayMs: PAUSE_MS },
    });
    const source = await former.source("lettered", { start: 0, onLost: () => {} });
    // The first COPY is refused, the second has the rows before the flawed one, the third has its letter.
    const at = { direction: "toServer", side: "before", type: "c", nth: 3 } as const;
    proxy.plan(() => ({ at, fault: "cut" }));
    proxy.strike("cut");
    await eventually(() => proxy.phases.length === 0, "its first connection is gone");
    const done = sendUnits(source, 0).then(() => source.flush());
    done.catch(() => {});
    await eventually(() => former.stats.inDoubtAborted === 1, "the letter is not committed");
    proxy.pointTo(NOWHERE);
    proxy.plan(() => undefined);
    proxy.strike("cut");

    const next = await Copier.connect(definition, { ...options, databaseUrl: db.url });
    const claimed = await next.source("lettered");
    await sendUnits(claimed, Number(claimed.position));
    await claimed.close();

    proxy.pointTo(db.url);
    await assert.rejects(done, FencedError);
    await Promise.all([former.close(), next.close()]);
    const letters = await db.rows<{ id: number }>(
      `SELECT ("row"->>'id')::int AS id FROM ${db.schema}.letters ORDER BY 1`,
    );
    assert.deepEqual(letters, [{ id: flawed }, { id: flawed + 100 }, { id: flawed + 200 }]);
    assert.deepEqual(
      await idsIn("lettered"),
      ALL.filter((id) => id !== flawed),
    );
  });
});
