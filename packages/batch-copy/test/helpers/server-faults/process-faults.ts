import { Client } from "pg";

import { eventually } from "../eventually.js";
import type { ServerFault } from "./server-fault.js";
import type { Stage } from "./stage.js";
import { takeTransactionIds } from "./take-transaction-ids.js";

/** The copier's backends that are in a transaction. */
const BUSY = `FROM pg_stat_activity WHERE usename = 'writer' AND backend_xid IS NOT NULL`;

/** What ends processes of a server. */
export const processFaults: readonly ServerFault[] = [
  {
    what: "a backend is killed, which restarts them all",
    async strike(stage) {
      process.kill(await busyBackend(stage), "SIGKILL");
      await untilUp(stage);
    },
  },
  {
    what: "backends are terminated",
    async strike(stage) {
      await eventually(
        async () => (await stage.sql(`SELECT pg_terminate_backend(pid) ${BUSY}`)).length > 0,
        "a backend is busy",
      );
    },
  },
  {
    what: "statements are canceled",
    async strike(stage) {
      await eventually(async () => {
        await stage.sql(`SELECT pg_cancel_backend(pid) ${BUSY}`);
        return stage.met.has("57014");
      }, "a backend is busy");
    },
  },
  {
    what: "the server is restarted",
    strike: (stage) => stage.scene.server.restart("fast"),
  },
  {
    what: "the server is restarted at once",
    strike: (stage) => stage.scene.server.restart("immediate"),
  },
  {
    what: "all processes of the server are killed",
    strike: (stage) => stage.scene.server.restart("kill"),
  },
  {
    what: "the server crashes again while it recovers",
    async strike(stage) {
      const { server } = stage.scene;
      await server.restart("kill");
      await server.restart("kill");
    },
  },
  {
    what: "all processes are killed during commits, and others take the transaction ids",
    async strike(stage) {
      const { server, proxy } = stage.scene;
      await holdCommits(stage);
      proxy.pointTo(NOWHERE);
      await server.restart("kill");
      await takeTransactionIds(server);
      await stage.sql(`DROP TRIGGER hold ON ${stage.name}`);
      proxy.pointTo(server.url);
    },
  },
];

/** A port at which nobody listens. */
const NOWHERE = "postgres://127.0.0.1:1";

/** Lets commits wait before anything of them is in the log, as long as this server lives. */
async function holdCommits(stage: Stage): Promise<void> {
  const client = new Client(stage.scene.server.url);
  client.on("error", () => {});
  await client.connect();
  await client.query("SELECT pg_advisory_lock(4711)");
  await stage.sql(`
    CREATE FUNCTION ${stage.name}_hold() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON ${stage.name} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION ${stage.name}_hold()`);
  await eventually(async () => {
    const waiting = await stage.sql("SELECT FROM pg_locks WHERE objid = 4711 AND NOT granted");
    return waiting.length > 1;
  }, "commits wait");
}

async function busyBackend(stage: Stage): Promise<number> {
  let pid: number | undefined;
  await eventually(async () => {
    const [backend] = await stage.sql<{ pid: number }>(`SELECT pid ${BUSY} LIMIT 1`);
    pid = backend?.pid;
    return pid !== undefined;
  }, "a backend is busy");
  return pid!;
}

/** Resolves when the server takes connections after it went down by itself. */
async function untilUp(stage: Stage): Promise<void> {
  await eventually(
    () =>
      stage.sql("SELECT").then(
        () => true,
        () => false,
      ),
    "the server takes connections",
  );
}
