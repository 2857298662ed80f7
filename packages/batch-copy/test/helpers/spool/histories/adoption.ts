import { SpoolCorruptError } from "../../../../dist/errors.js";
import { FrameReader } from "../../../../dist/spool/frame-reader.js";
import { StoredStream, type TableExtent } from "../../../../dist/spool/stored-stream.js";
import { accuse } from "./accuse.js";
import type { LifeMeans } from "./life-means.js";
import { ReadRows } from "./row-supply.js";
import { persist } from "./system-calls.js";
import { TableDelivery } from "./table-delivery.js";
import { sourceOf } from "./world.js";

/** A table of the stream. */
interface StoredTable extends Pick<TableExtent, "firstRow" | "endRow"> {
  readonly delivery: TableDelivery;
}

/** Delivers what a dead life has left. */
export class Adoption {
  readonly #means: LifeMeans;
  readonly #stream: string;
  readonly #directory: string;

  constructor(means: LifeMeans, stream: string, directory: string) {
    this.#means = means;
    this.#stream = stream;
    this.#directory = directory;
  }

  /** Resolves to whether all is delivered. If not, the stream is damaged, or another life has it. */
  async deliver(): Promise<boolean> {
    try {
      return await persist(
        () => this.#read(),
        () => this.#means.pause(2000),
      );
    } catch (error) {
      if (error instanceof SpoolCorruptError) {
        accuse(this.#means.world, this.#stream, `is called damaged: ${error.message}`);
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
    const stored = await StoredStream.open(this.#means.disk, this.#directory, true);
    const tables = [...(await stored.scan())].map(([table, { firstRow, endRow }]) => ({
      firstRow,
      endRow,
      delivery: this.#deliveryOf(stored, table, endRow),
    }));
    const { world, pause } = this.#means;
    for (let quietSince = Infinity; this.#isOurs(); await pause(2000)) {
      const isQuiet = await this.#drain(tables);
      if (isQuiet === undefined) {
        return false;
      }
      quietSince = isQuiet ? Math.min(quietSince, world.stepper.now) : Infinity;
      if (world.stepper.now - quietSince >= world.plan.retainMs) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the ledger says that all was delivered before; undefined if it cannot be right. */
  async #drain(tables: readonly StoredTable[]): Promise<boolean | undefined> {
    let isQuiet = true;
    for (const { delivery, firstRow, endRow } of tables) {
      if (!(await delivery.claim())) {
        return false;
      }
      const position = delivery.position!;
      if (position > endRow || position < firstRow) {
        const what = `the ledger says ${position}, and the files have ${firstRow} to ${endRow}`;
        accuse(this.#means.world, this.#stream, what);
        return undefined;
      }
      isQuiet &&= delivery.isDone;
      while (!delivery.isDone && (await delivery.advance())) {
        if (this.#means.world.database.isAway) {
          await this.#means.pause(2000);
        }
      }
    }
    return isQuiet;
  }

  #deliveryOf({ files }: StoredStream, table: number, endRow: number): TableDelivery {
    const rows = new ReadRows(
      (number) => new FrameReader(files, table, files.cursorOf(table, number)),
    );
    return new TableDelivery(this.#means, {
      source: sourceOf(this.#stream, table),
      end: () => endRow,
      supply: () => rows,
    });
  }

  #isOurs(): boolean {
    return this.#means.disk.exists(this.#directory);
  }
}
