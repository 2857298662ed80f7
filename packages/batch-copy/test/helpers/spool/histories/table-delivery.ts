import type { LifeMeans } from "./life-means.js";
import type { RowSupply } from "./row-supply.js";
import { DatabaseAway } from "./simulated-database.js";

/** Which rows are delivered, and from where. */
interface DeliveryOrder {
  readonly source: string;
  /** Below it, rows may be delivered. */
  readonly end: () => number;
  readonly supply: () => RowSupply;
}

/** Writes the rows of a source to the database, in their order, and moves the ledger with them. */
export class TableDelivery {
  readonly #means: LifeMeans;
  readonly #order: DeliveryOrder;
  #position: number | undefined;

  constructor(means: LifeMeans, order: DeliveryOrder) {
    this.#means = means;
    this.#order = order;
  }

  /** The first row that is not committed, as far as is known here. */
  get position(): number | undefined {
    return this.#position;
  }

  get isDone(): boolean {
    return this.#position === this.#order.end();
  }

  /** Asks the ledger again. Returns whether it has answered. */
  async claim(): Promise<boolean> {
    const { step, world, name } = this.#means;
    const { source } = this.#order;
    try {
      this.#position = await step(`claim ${source}`, () => world.database.claim(source, name));
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseAway)) {
        throw error;
      }
      return false;
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
      this.#means.world.random.percent(70) ? most : 1 + this.#means.world.random.below(most),
    );
  }

  async #commit(from: number, ids: readonly number[]): Promise<boolean> {
    const { step, world, name: owner } = this.#means;
    const { source } = this.#order;
    try {
      const what = `commit rows ${ids.join(", ")} as ${from} of ${source}`;
      const isCommitted = await step(what, () =>
        world.database.commit({ source, owner, from, ids }),
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
