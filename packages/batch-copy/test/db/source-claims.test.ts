import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { Copier } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { poolWithQuery } from "../helpers/tampered-pool.js";

const db = useDatabase();
const ledger = { table: `${db.schema}.ledger` };

describe("a claim whose answer was lost", () => {
  it("does not fence the next claim of the same copier when it is committed after it", async () => {
    const { copier: first, name } = await db.openCopier({ ledger });
    await (await first.source("late", { start: 0 })).close();
    await first.close();

    let late: string | undefined;
    const pool = poolWithQuery(
      (query) =>
        function (this: unknown, ...args: unknown[]) {
          const text = (args[0] as { text?: string }).text ?? "";
          if (late === undefined && text.includes("$source$late")) {
            // It is on its way to the server, which nobody waits for any more.
            late = text;
            return Promise.reject(new Error("the connection was lost"));
          }
          return query.apply(this, args);
        },
    );
    const copier = await Copier.connect<{ id: number; note: string }>(`${db.schema}.${name}`, {
      pool,
      ledger,
    });
    await assert.rejects(copier.source("late"), { code: "CONNECT_FAILED" });
    const source = await copier.source("late");
    const direct = new Pool({ connectionString: databaseUrl });
    await direct.query(late!);
    await source.send({ id: 1, note: "" }, 1);
    await source.flush();
    assert.equal(source.position, 2n);
    await copier.close();
    await pool.end();
    await direct.end();
  });
});
