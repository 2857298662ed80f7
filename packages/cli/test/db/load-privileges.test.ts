import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { run } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { useRole } from "../helpers/role.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();
const withRole = useRole(db);

describe("batch-copy load by a user who may not do everything", () => {
  it("keeps the policies of the table: rows that they forbid are rejected", async () => {
    const table = `${db.name}.tenants`;
    await db.rows(`CREATE TABLE ${table} (tenant int, name text);
      ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
      CREATE POLICY mine ON ${table} USING (tenant = 1) WITH CHECK (tenant = 1)`);
    const grants = (role: string): string => `GRANT SELECT, INSERT ON ${table} TO ${role}`;
    await withRole(grants, async (url) => {
      const path = folder.write("tenants.csv", "tenant,name\n1,a\n2,b\n1,c\n");
      const rejects = join(folder.path, "tenants.rejects");
      const args = ["load", path, "--into", table, "--database-url", url, "--rejects", rejects];
      const { code, stderr } = await run(args);
      assert.equal(code, 1, stderr);
      const rows = await db.rows(`SELECT name FROM ${table} ORDER BY name`);
      assert.deepEqual(rows, [{ name: "a" }, { name: "c" }]);
      assert.equal(readFileSync(rejects, "utf8"), "tenant,name\n2,b\n");
      const [reason] = readFileSync(`${rejects}.reasons.ndjson`, "utf8").split("\n");
      assert.match(reason!, /"sqlstate":"42501","message":"new row violates row-level security/);
    });
  });

  it("fills the columns that the user may fill", async () => {
    const table = `${db.name}.parts`;
    await db.rows(`CREATE TABLE ${table} (id int, name text, secret text DEFAULT 'kept')`);
    const grants = (role: string): string => `GRANT INSERT (id, name) ON ${table} TO ${role}`;
    await withRole(grants, async (url) => {
      const into = ["--into", table, "--database-url", url];
      const path = folder.write("parts.csv", "1,a\n");
      const { code, stderr } = await run(["load", path, ...into]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(await db.rows(`SELECT * FROM ${table}`), [
        { id: 1, name: "a", secret: "kept" },
      ]);
      const all = folder.write("all.csv", "id,name,secret\n2,b,mine\n");
      const denied = await run(["load", all, ...into]);
      assert.equal(denied.code, 2, denied.stderr);
      assert.match(denied.stderr, /secret/);
    });
  });

  it("says of a table that it may not fill that permission is denied", async () => {
    const table = `${db.name}.denied`;
    await db.rows(`CREATE TABLE ${table} (id int)`);
    await withRole(
      () => "SELECT",
      async (url) => {
        for (const path of [
          folder.write("denied.csv", "1\n"),
          folder.write("header.csv", "id\n1\n"),
          folder.write("denied.ndjson", '{"id":1}\n'),
        ]) {
          const args = ["load", path, "--into", table, "--database-url", url];
          const { code, stderr } = await run(args);
          assert.equal(code, 2, stderr);
          assert.match(stderr, /^batch-copy: .*INSERT/);
        }
      },
    );
  });
});
