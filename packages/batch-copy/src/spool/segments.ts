import type { Cursor } from "./cursor.js";
import type { Disk, DiskFile } from "./disk.js";
import type { Segment } from "./segment.js";
import type { StoredForm } from "./stored-form.js";

/** What a reader needs of a stream: its segments, as far as they are durable, and its forms. */
export interface SegmentFiles {
  /** The segment that stands for this number, or the first one after it that is left and will be. */
  find(number: number): Segment | undefined;
  /** Opens the file of a segment. */
  open(segment: Segment): Promise<DiskFile>;
  form(number: number): StoredForm | undefined;
  /** The row of a table from which on all are there; undefined if there is none. */
  firstRow(table: number): number | undefined;
  /** Where to begin to read in order to get a row of a table and all after it. */
  cursorOf(table: number, row: number): Cursor;
}

/** The segments of a stream in order, and its forms. */
export class Segments implements SegmentFiles {
  readonly #disk: Disk;
  readonly #forms = new Map<number, StoredForm>();
  #list: readonly Segment[] = [];
  #firstReadable = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get list(): readonly Segment[] {
    return this.#list;
  }

  get last(): Segment | undefined {
    return this.#list.at(-1);
  }

  /** On disk. */
  get bytes(): number {
    return this.#list.reduce((bytes, segment) => bytes + segment.bytes, 0);
  }

  /** Adds the next one. */
  add(segment: Segment): void {
    this.#list = [...this.#list, segment];
  }

  /** Notes that the oldest one will be removed: readers pass it by from now on. */
  retire(segment: Segment): void {
    this.#firstReadable = segment.last + 1;
  }

  /** Notes that another one stands for these now, which follow each other. */
  replace(run: readonly Segment[], segment: Segment): void {
    this.#list = this.#list.flatMap((other) => {
      return other === run[0] ? segment : run.includes(other) ? [] : other;
    });
  }

  delete(segment: Segment): void {
    this.#list = this.#list.filter((other) => other !== segment);
  }

  find(number: number): Segment | undefined {
    const wanted = Math.max(number, this.#firstReadable);
    let [from, to] = [0, this.#list.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#list[middle]!.last < wanted) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return this.#list[from];
  }

  /** Bytes of the rows of a table from this one on, about. */
  bytesOf(table: number, row: number): number {
    let bytes = 0;
    for (let place = this.#list.length - 1; place >= 0; place--) {
      const segment = this.#list[place]!;
      bytes += segment.bytesOf(table, row);
      if ((segment.firstRow(table) ?? row) < row) {
        break;
      }
    }
    return bytes;
  }

  firstRow(table: number): number | undefined {
    let first: number | undefined;
    for (const segment of this.#list) {
      if (segment.number >= this.#firstReadable) {
        const settled =
          first === undefined ? undefined : Math.max(first, segment.settledRow(table));
        first = settled ?? segment.firstRow(table);
      }
    }
    return first;
  }

  open(segment: Segment): Promise<DiskFile> {
    return this.#disk.open(segment.path);
  }

  /** The numbers of the tables that have forms. */
  get tables(): ReadonlySet<number> {
    return new Set([...this.#forms.values()].map(({ table }) => table));
  }

  /** By number, in the order in which they were added. */
  get forms(): ReadonlyMap<number, StoredForm> {
    return this.#forms;
  }

  /** Adds a form, unless it is known. */
  addForm(number: number, form: StoredForm): void {
    if (!this.#forms.has(number)) {
      this.#forms.set(number, form);
    }
  }

  form(number: number): StoredForm | undefined {
    return this.#forms.get(number);
  }

  cursorOf(table: number, row: number): Cursor {
    const segment = this.#list.find((one) => one.mayHave(table, row)) ?? this.last;
    const position = segment?.mayHave(table, row) === false ? segment.end : segment?.start;
    return { segment: segment?.number ?? 1, position: position ?? 0 };
  }
}
