import { holdAnswers } from "./hold-commits.js";
import type { ServerFault } from "./server-fault.js";
import { Standby } from "./standby.js";

/** The primary dies while answers to commits are held back, and a synchronous standby takes over. */
export const failoverFault: ServerFault = {
  what: "a synchronous standby takes over",
  async strike(stage) {
    await using standby = await Standby.start(stage.scene, { isSynchronous: true });
    await holdAnswers(stage);
    await standby.losePrimary();
    await standby.takeOver();
  },
};
