import { lockTable } from "./lock-table.js";
import type { ServerFault } from "./server-fault.js";
import { changeSetting, resetSetting } from "./settings.js";
import type { Stage } from "./stage.js";

/** Settings that a server may have for a while. */
export const settingFaults: readonly ServerFault[] = [
  {
    what: "statement_timeout ends statements that wait",
    async strike(stage) {
      await changeSetting(stage, "statement_timeout", "50ms");
      await lockUntilMet(stage, "57014");
      await resetSetting(stage, "statement_timeout");
    },
  },
  {
    what: "lock_timeout ends statements that wait",
    async strike(stage) {
      await changeSetting(stage, "lock_timeout", "50ms");
      await lockUntilMet(stage, "55P03");
      await resetSetting(stage, "lock_timeout");
    },
  },
  {
    what: "the server is read-only",
    async strike(stage) {
      await changeSetting(stage, "default_transaction_read_only", "on");
      await stage.untilMet("25006");
      await resetSetting(stage, "default_transaction_read_only");
    },
  },
];

async function lockUntilMet(stage: Stage, sqlState: string): Promise<void> {
  await using _ = await lockTable(stage);
  await stage.untilMet(sqlState);
}
