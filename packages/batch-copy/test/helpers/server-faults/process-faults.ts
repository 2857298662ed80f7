import type { HaltMode } from "@batch-copy/test-server";

import { holdAnswers, holdCommits } from "./hold-commits.js";
import { killBusyBackend, untilUp } from "./kills.js";
import { patiently } from "./patiently.js";
import type { ServerFault } from "./server-fault.js";
import type { Stage } from "./stage.js";
import { takeTransactionIds } from "./take-transaction-ids.js";

/** The copier's backends that are at work. */
const BUSY = `FROM pg_stat_activity WHERE usename = 'writer' AND state <> 'idle'`;

export const killBackend: ServerFault = {
  what: "a backend is killed, which restarts them all",
  async strike(stage) {
    await killBusyBackend(stage.scene);
    await untilUp(stage.scene);
  },
};

/** What ends processes of a server. */
export const processFaults: readonly ServerFault[] = [
  killBackend,
  {
    what: "backends are terminated",
    async strike(stage) {
      const { troubles } = stage;
      await patiently(async () => {
        await stage.sql(`SELECT pg_terminate_backend(pid) ${BUSY}`);
        return stage.troubles > troubles;
      }, "a backend is terminated");
    },
  },
  {
    what: "statements are canceled",
    async strike(stage) {
      await patiently(async () => {
        await stage.sql(`SELECT pg_cancel_backend(pid) ${BUSY}`);
        return stage.met.has("57014");
      }, "a statement is canceled");
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
      const { scene } = stage;
      await using _ = await holdCommits(stage);
      scene.hide();
      await scene.server.restart("kill");
      await takeTransactionIds(scene.server);
      scene.show();
    },
  },
  {
    what: "the server is restarted after commits whose answers are lost",
    strike: (stage) => loseAnswers(stage, "fast"),
  },
  {
    what: "all processes are killed after commits whose answers are lost",
    strike: (stage) => loseAnswers(stage, "kill"),
  },
];

/** Takes the server down when it has committed what the copier has not heard of. */
export async function loseAnswers(
  stage: Pick<Stage, "scene" | "name" | "sql">,
  mode: HaltMode,
): Promise<void> {
  const { scene } = stage;
  await holdAnswers(stage);
  scene.hide();
  scene.proxy.strike("cut");
  await scene.server.restart(mode);
  await takeTransactionIds(scene.server);
  scene.show();
}
