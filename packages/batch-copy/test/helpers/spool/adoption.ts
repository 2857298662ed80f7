import { SpoolCorruptError } from "../../../dist/errors.js";
import type { Disk } from "../../../dist/spool/disk.js";
import { FrameReader } from "../../../dist/spool/frame-reader.js";
import { StoredStream, type TableExtent } from "../../../dist/spool/stored-stream.js";
import { ReadRows } from "./row-supply.js";
import { persist } from "./system-calls.js";
import { TableDelivery } from "./table-delivery.js";
import { sourceOf, type World } from "./world.js";

interface AdoptionOrder {
  readonly stream: string;
  readonly directory: string;
  readonly owner: string;
  readonly disk: Disk;
  readonly step: <Result>(what: string, act: () => Result) => Promise<Result>;
  readonly pause: () => Promise<void>;
}

/** Delivers what a dead life has left. */
export class Adoption {
  readonly #world: World;
  readonly #order: AdoptionOrder;

  constructor(world: World, order: AdoptionOrder) {
    this.#world = world;
    this.#order = order;
  }

  /** Resolves to whether all is delivered. If not, the stream is damaged, or another life has it. */
  async deliver(): Promise<boolean> {
    try {
      return await persist(() => this.#read(), this.#order.pause);
    } catch (error) {
      if (error instanceof SpoolCorruptError) {
        this.#report(`is called damaged: ${error.message}`);
        return false;
      }
      // Another life has taken it in turn.
      if (!this.#isOurs()) {
        return false;
      }
      throw error;
    }
  }

  async #read(): Promise<boolean> {
    const { disk, directory } = this.#order;
    const stored = await StoredStream.open(disk, directory, true);
    return this.#drain(stored, await stored.scan());
  }

  async #drain(stored: StoredStream, extents: ReadonlyMap<number, TableExtent>): Promise<boolean> {
    const deliveries = [...extents].map(([table, { firstRow, endRow }]) => ({
      firstRow,
      endRow,
      delivery: this.#deliveryOf(stored, table, endRow),
    }));
    for (let quietSince = Infinity; this.#isOurs();) {
      let isQuiet = true;
      for (const { delivery, firstRow, endRow } of deliveries) {
        await delivery.claim();
        if (delivery.position === undefined) {
          isQuiet = false;
          continue;
        }
        if (!this.#fits(delivery.position, firstRow, endRow)) {
          return false;
        }
        isQuiet &&= delivery.isDone;
        while (!delivery.isDone && (await delivery.advance())) {
          if (this.#world.database.isAway) {
            await this.#order.pause();
          }
        }
      }
      const { now } = this.#world.stepper;
      quietSince = isQuiet ? Math.min(quietSince, now) : Infinity;
      if (isQuiet && now - quietSince >= this.#world.plan.retainMs) {
        return true;
      }
      await this.#order.pause();
    }
    return false;
  }

  #deliveryOf(stored: StoredStream, table: number, endRow: number): TableDelivery {
    const { stream, owner, step } = this.#order;
    const rows = new ReadRows(
      (number) => new FrameReader(stored.files, table, stored.files.cursorOf(table, number)),
    );
    return new TableDelivery(this.#world, {
      source: sourceOf(stream, table),
      owner,
      step,
      end: () => endRow,
      supply: () => rows,
    });
  }

  #fits(position: number, firstRow: number, endRow: number): boolean {
    if (position > endRow) {
      this.#report(`the ledger says ${position}, and the files end at row ${endRow}`);
    } else if (position < firstRow) {
      this.#report(`the ledger says ${position}, and the files begin with row ${firstRow}`);
    }
    return position >= firstRow && position <= endRow;
  }

  #isOurs(): boolean {
    return this.#order.disk.exists(this.#order.directory);
  }

  #report(what: string): void {
    const { flipped, damaged, problems } = this.#world;
    const { stream } = this.#order;
    this.#world.tell(`stream ${stream}: ${what}`);
    if (flipped.has(stream)) {
      damaged.add(stream);
    } else {
      problems.push(`stream ${stream}: ${what}`);
    }
  }
}
