import type { RowSupply } from "./row-supply.js";
import { DatabaseAway } from "./simulated-database.js";
import type { World } from "./world.js";

/** Who delivers rows of a source, and from where. */
interface DeliveryOrder {
  readonly source: string;
  readonly owner: string;
  /** Lets something happen to the database. */
  readonly step: <Result>(what: string, act: () => Result) => Promise<Result>;
  /** Below it, rows may be delivered. */
  readonly end: () => number;
  readonly supply: () => RowSupply;
}

/** Writes the rows of a source to the database, in their order, and moves the ledger with them. */
export class TableDelivery {
  readonly #world: World;
  readonly #order: DeliveryOrder;
  #position: number | undefined;

  constructor(world: World, order: DeliveryOrder) {
    this.#world = world;
    this.#order = order;
  }

  /** The first row that is not committed, as far as is known here. */
  get position(): number | undefined {
    return this.#position;
  }

  get isDone(): boolean {
    return this.#position === this.#order.end();
  }

  /** Asks the ledger again. */
  async claim(): Promise<void> {
    const { source, owner, step } = this.#order;
    try {
      this.#position = await step(`claim ${source}`, () =>
        this.#world.database.claim(source, owner),
      );
    } catch (error) {
      if (!(error instanceof DatabaseAway)) {
        throw error;
      }
    }
  }

  /** Commits some rows, if there are any. Returns whether the source still is this owner's. */
  async advance(): Promise<boolean> {
    if (this.#position === undefined) {
      await this.claim();
    }
    const from = this.#position;
    if (from === undefined || from >= this.#order.end()) {
      return true;
    }
    const ids = await this.#rowsFrom(from);
    if (ids.length === 0) {
      return true;
    }
    return this.#commit(from, ids);
  }

  async #rowsFrom(from: number): Promise<readonly number[]> {
    const rows = await this.#order.supply().from(from);
    const most = Math.min(rows.length, this.#order.end() - from);
    return rows.slice(
      0,
      this.#world.random.percent(70) ? most : 1 + this.#world.random.below(most),
    );
  }

  async #commit(from: number, ids: readonly number[]): Promise<boolean> {
    const { source, owner, step } = this.#order;
    try {
      const what = `commit rows ${ids.join(", ")} as ${from} of ${source}`;
      const isCommitted = await step(what, () =>
        this.#world.database.commit({ source, owner, from, ids }),
      );
      if (isCommitted) {
        this.#position = from + ids.length;
      }
      return isCommitted;
    } catch (error) {
      if (error instanceof DatabaseAway) {
        return true;
      }
      throw error;
    }
  }
}
