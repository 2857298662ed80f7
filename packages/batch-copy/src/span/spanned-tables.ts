import { fateObstacles } from "../ledger/fate-obstacles.js";
import type { Queryable } from "../table/ask-catalog.js";
import { mismatch } from "../table/mismatch.js";
import { referencedFirst, referencesBetween } from "./references.js";
import { SpannedTable, type SpannedTableParts } from "./spanned-table.js";

/** The tables to which sources of a group have sent rows. */
export class SpannedTables {
  /** In the order in which they were first used. */
  readonly #all = new Set<SpannedTable>();
  /** The place of each among those that are written, as far as it was looked up. */
  #places = new Map<SpannedTable, number>();
  #next = 0;
  /** How often places were looked up, and which of these looks has found those that are known. */
  #looks = 0;
  #lastLook = 0;

  get all(): Iterable<SpannedTable> {
    return this.#all;
  }

  /** Their qualified names. */
  get names(): string {
    return Array.from(this.#all, ({ destination }) => destination.table).join(", ");
  }

  add(parts: SpannedTableParts): SpannedTable {
    const table = new SpannedTable(this.#next++, parts);
    this.#all.add(table);
    return table;
  }

  delete(table: SpannedTable): void {
    this.#all.delete(table);
    this.#places.delete(table);
  }

  /** Some of them in the order in which they are written: those that others refer to come first. */
  inOrder(tables: Iterable<SpannedTable>): SpannedTable[] {
    const placeOf = (table: SpannedTable): number => this.#places.get(table) ?? Infinity;
    return [...tables].toSorted(
      (one, other) => placeOf(one) - placeOf(other) || one.number - other.number,
    );
  }

  /** Whether nothing has to be looked up before rows are written. */
  get isPrepared(): boolean {
    return this.#places.size === this.#all.size;
  }

  /**
   * Looks up whether new tables share the ledger's fate, and which tables refer to others.
   *
   * @throws SchemaMismatchError for a table that does not share it. Its sources have ended by then, and
   * what is to be written has to be asked for again.
   */
  async prepare(connection: Queryable): Promise<void> {
    const tables = [...this.#all];
    for (const table of tables.filter((one) => !this.#places.has(one))) {
      await refuseStray(table, connection);
    }
    await this.#findPlaces(tables, connection);
  }

  /** Looks up again which tables refer to others; resolves to whether that has changed their order. */
  async reorder(connection: Queryable): Promise<boolean> {
    const tables = [...this.#places.keys()];
    const before = this.inOrder(tables);
    await this.#findPlaces(tables, connection);
    return this.inOrder(tables).some((table, index) => table !== before[index]);
  }

  async #findPlaces(tables: readonly SpannedTable[], connection: Queryable): Promise<void> {
    const look = ++this.#looks;
    const names = tables.map(({ destination }) => destination.table);
    const ordered = referencedFirst(names, await referencesBetween(names, connection));
    // A later look knows of all that this one knows.
    if (look > this.#lastLook) {
      this.#lastLook = look;
      const left = tables.filter((table) => this.#all.has(table));
      this.#places = new Map(
        left.map((table) => [table, ordered.indexOf(table.destination.table)]),
      );
    }
  }
}

async function refuseStray(table: SpannedTable, connection: Queryable): Promise<void> {
  const obstacles = await fateObstacles(table.oid, connection);
  if (obstacles.length > 0 && !table.isStray) {
    const error = mismatch(table.destination.table, obstacles);
    table.refuse(error);
    throw error;
  }
}
