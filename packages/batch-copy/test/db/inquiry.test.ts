import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Client } from "pg";

import type { PgClient } from "../../dist/copy/driver.js";
import { askOrigin } from "../../dist/copy/origin.js";
import { Incarnations } from "../../dist/transaction/incarnations.js";
import { inquire, type KnownTransaction } from "../../dist/transaction/xid-inquiry.js";
import { databaseUrl } from "../helpers/database.js";
import { startHostedServer } from "../helpers/hosted-server.js";

/** A database of the test's own, because what a role may ask is said for all of a database. */
const name = `inquiry_${process.pid}`;
const url = new URL(databaseUrl);
url.pathname = `/${name}`;

async function onServer<Result>(
  work: (client: Client) => Promise<Result>,
  connectionString = url.href,
): Promise<Result> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A transaction that was committed, as if nobody had been told. */
function commitInDoubt(): Promise<KnownTransaction> {
  return onServer(async (client) => {
    const origin = await askOrigin(client as unknown as PgClient);
    const { rows } = await client.query<{ xid: string; pid: number }>(
      "SELECT pg_current_xact_id()::text AS xid, pg_backend_pid() AS pid",
    );
    return { ...rows[0]!, origin };
  });
}

function answer(
  doubt: KnownTransaction,
  connectionString?: string,
  incarnations = new Incarnations(),
): Promise<string> {
  return onServer(
    (client) => inquire(client as unknown as PgClient, doubt, incarnations),
    connectionString,
  );
}

describe("a transaction that is asked about", () => {
  before(() => onServer((client) => client.query(`CREATE DATABASE ${name}`), databaseUrl));
  after(() => onServer((client) => client.query(`DROP DATABASE ${name}`), databaseUrl));

  it("was committed, also after somebody has reset the statistics by hand", async () => {
    await onServer((client) => client.query("CHECKPOINT"));
    const doubt = await commitInDoubt();
    assert.equal(await answer(doubt), "committed");
    const { incarnation } = doubt.origin;
    assert.ok(incarnation);
    const reset = { ...doubt.origin, incarnation: { ...incarnation, statsReset: "1" } };
    assert.equal(await answer({ ...doubt, origin: reset }), "committed");
  });

  it("is told by the first recovery after it, also if the server has crashed again since", async () => {
    const doubt = await commitInDoubt();
    const now = doubt.origin.incarnation;
    assert.ok(now);
    // As if the server of the doubt had crashed, and then once more the one that followed it.
    const first = { ...now, statsReset: "1", checkpoint: "0/1" };
    const crashed = { ...doubt, origin: { ...doubt.origin, incarnation: first } };
    const xid = BigInt(doubt.xid);
    for (const [firstXid, expected] of [
      [xid + 1n, "committed"],
      // The id was handed out again: what is committed is somebody else's.
      [xid, "aborted"],
      [undefined, "unknown"],
    ] as const) {
      const incarnations = new Incarnations();
      incarnations.note(first);
      incarnations.note({ ...now, statsReset: "2", checkpoint: "0/2", firstXid });
      incarnations.note(now);
      assert.equal(await answer(crashed, undefined, incarnations), expected);
    }
  });

  it("remains unknown to an old primary that is back", async () => {
    const doubt = await commitInDoubt();
    const { incarnation } = doubt.origin;
    assert.ok(incarnation);
    const origin = { ...doubt.origin, incarnation: { ...incarnation, timeline: "0000FFFF" } };
    // Here this id was not handed out yet, which proves nothing.
    const xid = String(BigInt(doubt.xid) + 1_000_000n);
    assert.equal(await answer({ ...doubt, xid, origin }), "unknown");
  });

  it("is not known to another database system, to which a load balancer may lead", async () => {
    const doubt = await commitInDoubt();
    const { incarnation } = doubt.origin;
    assert.ok(incarnation);
    const origin = { ...doubt.origin, incarnation: { ...incarnation, system: "1" } };
    assert.equal(await answer({ ...doubt, origin }), "elsewhere");
  });

  it("remains unknown where hosted servers keep their functions to themselves", async () => {
    const doubt = await commitInDoubt();
    for (const code of ["55000", "0A000", "42501", "XX000"]) {
      await onServer((client) =>
        client.query(`
          CREATE SCHEMA hosted_one;
          CREATE FUNCTION hosted_one.pg_control_system(OUT system_identifier int8) LANGUAGE plpgsql
            AS $$BEGIN RAISE 'wal_level must be logical' USING ERRCODE = '${code}'; END$$`),
      );
      await using hosted = await startHostedServer(url.href, "hosted_one", ["pg_control_system"]);
      assert.equal(await answer(doubt, hosted.url), "unknown", code);
      const origin = await onServer(
        (client) => askOrigin(client as unknown as PgClient),
        hosted.url,
      );
      assert.equal(origin.incarnation, undefined);
      await onServer((client) => client.query("DROP SCHEMA hosted_one CASCADE"));
    }
  });

  it("is asked about again if the question was canceled", async () => {
    const doubt = await commitInDoubt();
    await onServer((client) =>
      client.query(`
        CREATE SCHEMA hosted_two;
        CREATE FUNCTION hosted_two.pg_control_system(OUT system_identifier int8) LANGUAGE sql
          AS 'SELECT 1::int8 FROM pg_sleep(5)'`),
    );
    await using hosted = await startHostedServer(url.href, "hosted_two", ["pg_control_system"]);
    const slow = new URL(hosted.url);
    slow.searchParams.set("options", "-c statement_timeout=50");
    await assert.rejects(answer(doubt, slow.href), { code: "57014" });
    await onServer((client) => client.query("DROP SCHEMA hosted_two CASCADE"));
  });

  it("remains unknown to a role that may not ask", async () => {
    const doubt = await commitInDoubt();
    await onServer((client) =>
      client.query(`
        CREATE ROLE ${name} LOGIN PASSWORD 'secret';
        REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`),
    );
    const asRole = new URL(url);
    asRole.username = name;
    asRole.password = "secret";
    assert.equal(await answer(doubt, asRole.href), "unknown");
    await onServer((client) => client.query(`DROP ROLE ${name}`));
  });
});
