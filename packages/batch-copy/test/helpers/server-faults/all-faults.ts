import { diskFault } from "./disk-fault.js";
import { operatorFaults } from "./operator-faults.js";
import { processFaults } from "./process-faults.js";
import type { ServerFault } from "./server-fault.js";
import { settingFaults } from "./setting-faults.js";
import { transactionFaults } from "./transaction-faults.js";

/** What may befall a server that stays the same one. */
export const allFaults: readonly ServerFault[] = [
  ...processFaults,
  ...settingFaults,
  ...transactionFaults,
  ...operatorFaults,
  diskFault,
];
