import type { ServerFault } from "./server-fault.js";
import type { Stage } from "./stage.js";

/** Settings that a server may have for a while. */
export const settingFaults: readonly ServerFault[] = [
  {
    what: "statement_timeout ends statements that wait",
    async strike(stage) {
      await stage.scene.changeSetting("statement_timeout", "50ms");
      await lockUntilMet(stage, "57014");
      await stage.scene.resetSetting("statement_timeout");
    },
  },
  {
    what: "lock_timeout ends statements that wait",
    async strike(stage) {
      await stage.scene.changeSetting("lock_timeout", "50ms");
      await lockUntilMet(stage, "55P03");
      await stage.scene.resetSetting("lock_timeout");
    },
  },
  {
    what: "the server is read-only",
    async strike(stage) {
      await stage.scene.changeSetting("default_transaction_read_only", "on");
      await stage.untilMet("25006");
      await stage.scene.resetSetting("default_transaction_read_only");
    },
  },
];

async function lockUntilMet(stage: Stage, sqlState: string): Promise<void> {
  await using _ = await stage.scene.lockTable(stage.name);
  await stage.untilMet(sqlState);
}
