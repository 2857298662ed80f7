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
/** A port at which nobody listens. */
const NOWHERE = "postgres://127.0.0.1:1";

function rowAt(id: number): SourceRow {
  return { id, key: id, trait: "none", body: "", checksum: "00000000-0000-0000-0000-000000000000" };
}

/** Sends the rows of all positions; none of them waits for another. */
async function sendAll(source: Source<SourceRow>): Promise<void> {
  for (let position = 0; position < ROWS; position++) {
    await source.send(rowAt(position), position);
  }
}

describe("an owner that was without a connection while another one has written its rows", () => {
  it("is fenced, and its rows are not said to be refused as duplicates", async () => {
    const definition = sourceTable("late", db.schema);
    const name = `${db.schema}.late`;
    await db.pool.query(`${definition.ddl}; ALTER TABLE ${name} ADD UNIQUE (key)`);
    await using proxy = await FaultProxy.start();
    const refused: unknown[] = [];
    const lost: unknown[] = [];
    const former = await Copier.connect(definition, {
      ...SOURCE_OPTIONS,
      databaseUrl: proxy.url,
      ledger,
      onReject: ({ row }) => void refused.push(row.id),
    });
    const source = await former.source("late", { start: 0, onLost: (error) => lost.push(error) });
    proxy.pointTo(NOWHERE);
    proxy.strike("cut");
    await sendAll(source);

    const next = await Copier.connect(definition, {
      ...SOURCE_OPTIONS,
      databaseUrl: db.url,
      ledger,
    });
    const claimed = await next.source("late");
    assert.equal(claimed.position, 0n);
    await sendAll(claimed);
    await claimed.close();

    proxy.pointTo(db.url);
    await eventually(() => lost.length > 0, "the source is lost");
    await assert.rejects(source.flush(), FencedError);
    assert.ok(lost[0] instanceof FencedError);
    await Promise.all([former.close(), next.close()]);
    assert.deepEqual(refused, []);
    const rows = await db.rows<{ id: number }>(`SELECT id::int FROM ${name} ORDER BY id`);
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: ROWS }, (_, id) => id),
    );
  });
});
