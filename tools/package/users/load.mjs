// @ts-check
// Loads files by the command, as it is installed: node load.mjs NODE PARQUET
// NODE runs it; the Parquet file has two rows. Prints a line for each file, which the test looks for.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { gzipSync } from "node:zlib";

import pg from "pg";

const [, , node = process.execPath, parquet = ""] = process.argv;
const schema = `package_user_${process.pid}_${Date.now()}`;
const csv = "id,name\n1,a\n2,b\n";
/** The same, compressed by zstd. */
const zstd = "KLUv/QRYgQAAaWQsbmFtZQoxLGEKMixiCibGaUQ=";

writeFileSync("rows.csv", csv);
writeFileSync("rows.csv.gz", gzipSync(csv));
writeFileSync("rows.csv.zst", Buffer.from(zstd, "base64"));
writeFileSync("rows.ndjson", '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n');
writeFileSync("bad.csv", `${csv}x,c\n`);

const files = ["rows.csv", "rows.csv.gz", "rows.csv.zst", "rows.ndjson", parquet];
const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
await client.connect();
await client.query(`CREATE SCHEMA ${schema}`);
try {
  for (const [index, file] of files.entries()) {
    const table = `${schema}.t${index}`;
    const { status, stderr } = command("load", file, "--into", table, "--create");
    assert.equal(status, 0, stderr);
    const { rows } = await client.query(`SELECT FROM ${table}`);
    assert.equal(rows.length, 2);
  }
  const bad = ["load", "bad.csv", "--into", `${schema}.t0`];
  const { status, stderr } = command(...bad, "--rejects", `${schema}.csv`);
  assert.equal(status, 1, stderr);
  assert.equal(readFileSync(`${schema}.csv`, "utf8"), "id,name\nx,c\n");
  console.log(`${files.length} files loaded`);
} finally {
  await client.query(`DROP SCHEMA ${schema} CASCADE`);
  await client.end();
}

/**
 * What users type. npx finds the command in the project, and its first line finds Node in PATH.
 * @param {string[]} args
 */
function command(...args) {
  const PATH = dirname(node) + delimiter + process.env["PATH"];
  const env = { ...process.env, PATH };
  return spawnSync("npx", ["--no-install", "batch-copy", ...args], { env, encoding: "utf8" });
}
