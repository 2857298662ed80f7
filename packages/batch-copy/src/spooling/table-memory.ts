import type { Budget, BudgetMember } from "../batch/budget.js";
import type { Clock } from "../batch/clock.js";

/** What a memory calls. */
export interface TableMemoryHooks {
  /** Makes the rows that are being gathered due. */
  readonly flush: () => void;
  /** Called when there may be room. */
  readonly onRoom: () => void;
}

/** The memory for durable rows of one table that are on their way to it. */
export class TableMemory implements BudgetMember {
  readonly #budget: Budget;
  readonly #clock: Clock;
  readonly #hooks: TableMemoryHooks;
  #heldBytes = 0;

  constructor(budget: Budget, clock: Clock, hooks: TableMemoryHooks) {
    this.#budget = budget;
    this.#clock = clock;
    this.#hooks = hooks;
    budget.join(this);
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#heldBytes;
  }

  /** The bytes that it may take now. */
  get room(): number {
    return this.#budget.roomFor(this.#heldBytes);
  }

  take(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget.spend(bytes);
  }

  /** Called when rows are settled. */
  release(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#budget.release(bytes);
  }

  /** Calls `onRoom` when there may be room. */
  awaitRoom(): void {
    this.#budget.wait(this);
  }

  flush(): void {
    this.#hooks.flush();
  }

  /** Not at once: what waits has only just begun to. */
  letIn(): boolean {
    this.#clock.soon(this.#hooks.onRoom);
    return false;
  }
}
