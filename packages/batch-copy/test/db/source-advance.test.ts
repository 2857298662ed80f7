import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
const ledger = { table: `${db.schema}.ledger` };

describe("advance() of a source", () => {
  it("may follow the row before the position", async () => {
    const { copier } = await db.openCopier({ ledger });
    const source = await copier.source("followed", { start: 0 });
    await source.advance(0);
    await source.send({ id: 7, note: "" }, 7);
    await source.advance(8);
    await source.advance(8);
    await source.flush();
    assert.equal(source.position, 8n);
    await source.advance(20);
    await source.send({ id: 20, note: "" }, 20);
    await assert.rejects(source.advance(20), { code: "POSITION" });
    await source.close();
    await assert.rejects(source.advance(21), { code: "CLOSED" });
    await copier.close();
  });
});
