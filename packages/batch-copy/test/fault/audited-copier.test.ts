import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { databaseUrl, useDatabase } from "../helpers/database.js";
import { AuditedCopier } from "../helpers/fault/audited-copier.js";
import { AUDITED_COLUMNS, auditedRow, readAudited } from "../helpers/fault/audited-table.js";
import { Books } from "../helpers/fault/books.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";

const db = useDatabase();

describe("an audited copier", () => {
  it("keeps books of what it writes, and the server checks each row's content", async () => {
    const random = new SeededRandom(1);
    const books = new Books();
    const table = await db.create("audited", AUDITED_COLUMNS);
    const name = `${db.schema}.audited`;
    await db.pool.query(`ALTER TABLE ${name} ADD CHECK (label <> 'bad')`);
    const audited = await AuditedCopier.connect(table, books, { databaseUrl });
    const newRow = (label?: string) => auditedRow(books.issue(), random, label);
    await audited.send(newRow());
    await audited.sendMany(Array.from({ length: 1000 }, () => newRow()));
    await audited.flush();
    await audited.insert(newRow("bad"));
    await audited.send(newRow("not encodable: \0"));
    await audited.insert(newRow());
    await audited.close();
    await audited.send(newRow());
    const report = await books.compare(readAudited(db.pool, name));
    assert.deepEqual(report.problems, []);
    assert.equal(report.present, 1002);
    const { confirmed, refused, declined } = report.fates;
    assert.deepEqual([confirmed, refused, declined], [1002, 1, 2]);

    await db.pool.query(`UPDATE ${name} SET amount = amount + 1 WHERE id = 7`);
    await db.pool.query(`UPDATE ${name} SET body = NULL WHERE body IS NOT NULL AND id < 500`);
    const changed = await books.compare(readAudited(db.pool, name));
    assert.ok(changed.count("damaged") > 100, changed.problems.join());
  });
});
