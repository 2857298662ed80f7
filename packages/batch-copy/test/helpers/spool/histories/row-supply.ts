import type { FrameReader } from "../../../../dist/spool/frame-reader.js";
import { decodeRows } from "./stored-row.js";

/** Where rows of a table come from on their way to the database. */
export interface RowSupply {
  /** The rows from this number on, as many as come at once; none at the end. */
  from(number: number): Promise<readonly number[]>;
}

/** A reader gave rows that are not those which follow. */
class WrongRows extends Error {}

/** Rows of a frame. */
interface FrameRows {
  readonly first: number;
  readonly ids: readonly number[];
}

/** Rows read from files, frame by frame. */
export class ReadRows implements RowSupply {
  readonly #read: (number: number) => FrameReader;
  #reader: FrameReader | undefined;
  #frame: FrameRows | undefined;

  /** @param read begins to read in a frame that has the row, or before it */
  constructor(read: (number: number) => FrameReader) {
    this.#read = read;
  }

  async from(number: number): Promise<readonly number[]> {
    if (this.#reader === undefined || this.#frame === undefined || number < this.#frame.first) {
      this.#reader = this.#read(number);
      this.#frame = await this.#next(this.#reader);
    }
    while (this.#frame !== undefined && number >= this.#frame.first + this.#frame.ids.length) {
      this.#frame = (await this.#next(this.#reader)) ?? undefined;
    }
    if (this.#frame !== undefined && number < this.#frame.first) {
      throw new WrongRows(`row ${number} is wanted, and ${this.#frame.first} comes`);
    }
    return this.#frame?.ids.slice(number - this.#frame.first) ?? [];
  }

  async #next(reader: FrameReader): Promise<FrameRows | undefined> {
    const frame = await reader.next();
    if (frame === undefined) {
      return undefined;
    }
    const ids = decodeRows(frame.tuples);
    if (ids.length !== frame.rows) {
      throw new WrongRows(`${ids.length} rows in a frame of ${frame.rows}`);
    }
    return { first: frame.firstRow, ids };
  }
}
