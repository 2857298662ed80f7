import type { RowOutcome } from "./outcome.js";
import type { Setting } from "./setting.js";
import type { Step } from "./step.js";
import type { Twins } from "./twins.js";

/** A way to write rows that claims to be equal to row by row. */
export interface Contender {
  open(twins: Twins, setting: Setting): Promise<Session>;
}

/** A contender at work on the second of two twins, for several sequences. */
export interface Session {
  /** Resolves when all rows are decided, to what became of each. */
  write(steps: readonly Step[]): Promise<readonly RowOutcome[]>;
  close(): Promise<void>;
}
