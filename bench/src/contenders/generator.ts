import type { Row } from "../workloads/workload.js";
import type { Open } from "./job.js";

/** Makes the rows and drops them: what every contender in this language pays besides. */
export const open: Open = async ({ workload, rows }) => {
  let last: Row | undefined;
  return {
    async write() {
      for (let n = 0; n < rows; n++) {
        last = workload.row(n);
      }
    },
    async close() {
      // Asked for, so that no row can be optimized away.
      if (rows > 0 && last === undefined) throw new Error("No rows were made");
    },
  };
};
