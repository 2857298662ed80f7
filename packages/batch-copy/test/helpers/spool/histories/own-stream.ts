import type { Cursor } from "../../../../dist/spool/cursor.js";
import type { RowsToStore } from "../../../../dist/spool/group.js";
import type { StreamWriter } from "../../../../dist/spool/stream-writer.js";
import { UncertainError } from "../../../../dist/spool/uncertain-error.js";
import { encodeRow } from "./stored-row.js";
import type { World } from "./world.js";

/** Where rows of a table begin. */
interface Start {
  readonly row: number;
  readonly cursor: Cursor;
}

/** What a life knows of one of its tables. */
export interface OwnTable {
  readonly number: number;
  /** The rows that are accepted, from the first one. */
  readonly ids: number[];
  readonly starts: Start[];
  /** As the ledger has said last. */
  committed: number;
  form: number;
}

interface Group {
  readonly entries: RowsToStore[];
  readonly ids: readonly { readonly table: OwnTable; readonly ids: readonly number[] }[];
}

/** The rows of a life: what it sends, and what it keeps in memory of it. */
export class OwnStream {
  readonly id: string;
  readonly writer: StreamWriter;
  readonly tables: readonly OwnTable[];
  readonly #world: World;

  constructor(world: World, id: string, writer: StreamWriter) {
    this.#world = world;
    this.id = id;
    this.writer = writer;
    this.tables = Array.from({ length: world.plan.tables }, (_, number) => ({
      number,
      ids: [],
      starts: [],
      committed: 0,
      form: -1,
    }));
  }

  get isCommitted(): boolean {
    return this.tables.every(({ committed, ids }) => committed === ids.length);
  }

  /** Sends a group of rows. Resolves when they are durable. */
  async send(): Promise<void> {
    const { entries, ids } = this.#draw();
    const all = ids.flatMap((entry) => entry.ids);
    this.#world.tell(`rows ${all.join(", ")}: sent`);
    const before = this.writer.end;
    try {
      const cursors = await this.writer.append(entries);
      this.#world.lastGroups.set(this.id, beginning(before, cursors[0]!));
      this.#world.books.settle(all, "acknowledged");
      ids.forEach(({ table, ids: own }, index) => {
        table.starts.push({ row: table.ids.length, cursor: cursors[index]! });
        table.ids.push(...own);
      });
      this.#world.tell(`rows ${all.join(", ")}: acknowledged`);
    } catch (error) {
      const state = error instanceof UncertainError ? "in doubt" : "rejected";
      this.#world.tell(`rows ${all.join(", ")}: ${state}: ${String(error)}`);
      this.#world.books.settle(all, state);
      throw error;
    }
  }

  /** Little is sent to a table that stands still. */
  get #sendable(): readonly OwnTable[] {
    const { plan, random } = this.#world;
    const isSpared = plan.hasStandstill && this.tables.length > 1 && random.percent(80);
    return isSpared ? this.tables.slice(1) : this.tables;
  }

  #draw(): Group {
    const { random } = this.#world;
    const next = this.tables.map((table) => table.ids.length);
    const entries: RowsToStore[] = [];
    const ids: Group["ids"][number][] = [];
    const count = random.pick([1, 1, 2, 3]);
    for (let index = 0; index < count; index++) {
      const table = random.pick(this.#sendable);
      const firstRow = next[table.number]!;
      const rows = random.pick([1, 1, 2, 5]);
      const own = Array.from({ length: rows }, (_, row) =>
        this.#world.books.add({ stream: this.id, table: table.number, number: firstRow + row }),
      );
      next[table.number] = firstRow + rows;
      const form = this.#formOf(table);
      entries.push({ form, firstRow, rows, tuples: own.map((id) => this.#encode(id)) });
      ids.push({ table, ids: own });
    }
    return { entries, ids };
  }

  #encode(id: number): Buffer {
    const { random } = this.#world;
    return encodeRow(id, random.percent(15) ? random.below(1500) : random.below(60));
  }

  #formOf(table: OwnTable): number {
    if (table.form < 0 || this.#world.random.percent(10)) {
      table.form = this.writer.addForm({
        table: table.number,
        name: `"public"."t${table.number}"`,
        columns: [{ changes: this.#world.random.below(1000) }],
      });
    }
    return table.form;
  }
}

/** Where a group begins: with forms, perhaps, before its first rows. */
function beginning(before: Cursor, rows: Cursor): Cursor {
  return before.segment === rows.segment ? before : { segment: rows.segment, position: 0 };
}
