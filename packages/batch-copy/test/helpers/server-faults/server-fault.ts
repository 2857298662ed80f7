import type { Stage } from "./stage.js";

/** Something that befalls a server, or that its operator does, and that is over in the end. */
export interface ServerFault {
  readonly what: string;
  /** Lets it happen while rows are on their way, and ends it. */
  strike(stage: Stage): Promise<void>;
  /** Why it cannot be tried here, if it cannot. */
  readonly skip?: string | false;
}

/** Lets the fault happen, and resolves when the rows flow again. */
export async function strike(stage: Stage, fault: ServerFault): Promise<void> {
  stage.forget();
  await fault.strike(stage);
  await stage.untilFlowing();
}
