import { EncodeError, type EncodedRows, type RowEncoder } from "batch-copy";

import { NULL_FIELD, SCRATCH_FIELD, TEXT_FIELD, type Fields } from "../read/fields.js";
import type { BadRecord, RecordHandler } from "../read/record-reader.js";
import type { FieldPlan } from "./field-plan.js";
import type { SentRecords } from "./record-file.js";

/** A record that cannot be loaded, and why. */
export interface RefusedRecord extends BadRecord {
  /** The name of the column, if it is one field that is wrong. */
  readonly column: string | undefined;
}

/** What a sink calls back. */
export interface SinkHooks {
  readonly onRefused: (record: RefusedRecord) => void;
  /** Called when as many records are read as wanted. */
  readonly onLimit: () => void;
}

/** Which records are wanted, counted from the first one that is read. */
export interface WantedRecords {
  readonly skip: number;
  readonly limit: number;
}

/** Rows that are encoded, and where they are in the file. */
export interface SunkRows extends SentRecords {
  readonly rows: EncodedRows;
}

const FIRST_ROWS = 4096;

/** Encodes records, until they are taken. */
export class RowSink implements RecordHandler {
  /** Records that were read, also bad ones; not those that were skipped. */
  records = 0;
  /** Where the last record ends that was read, also a skipped one. */
  end = 0;
  readonly #encoder: RowEncoder;
  readonly #hooks: SinkHooks;
  readonly #wanted: WantedRecords;
  /** The field of each column, or -1 for a constant. */
  readonly #fields: Int32Array;
  readonly #constants: readonly (Uint8Array | undefined)[];
  #skipped = 0;
  #offset = 0;
  #starts = new Uint32Array(FIRST_ROWS);
  #ends = new Uint32Array(FIRST_ROWS);
  #firstLine = 1;

  constructor(encoder: RowEncoder, plan: FieldPlan, wanted: WantedRecords, hooks: SinkHooks) {
    this.#encoder = encoder;
    this.#hooks = hooks;
    this.#wanted = wanted;
    // The encoder has the columns in the order of the table.
    const columns = encoder.columns.map(({ name }) => {
      return plan.columns.find((column) => column.name === name)!;
    });
    this.#fields = Int32Array.from(columns, ({ field = -1 }) => field);
    this.#constants = columns.map(({ constant }) => constant);
  }

  /** Whether there are still records to skip. */
  get isSkipping(): boolean {
    return this.#skipped < this.#wanted.skip;
  }

  record(fields: Fields, offset: number, end: number, line: number): void {
    if (this.#isUnwanted(end)) {
      return;
    }
    try {
      this.#encode(fields);
      const row = this.#encoder.rows;
      if (row === 0) {
        this.#offset = offset;
        this.#firstLine = line;
      } else if (row === this.#starts.length) {
        this.#makeRoom();
      }
      this.#starts[row] = offset - this.#offset;
      this.#ends[row] = end - this.#offset;
      this.#encoder.endRow(end - 1);
    } catch (error) {
      if (!(error instanceof EncodeError)) {
        throw error;
      }
      const { column, reason } = error;
      this.#hooks.onRefused({ offset, end, line, reason, column });
    }
  }

  bad(record: BadRecord): void {
    if (!this.#isUnwanted(record.end)) {
      this.#hooks.onRefused({ ...record, column: undefined });
    }
  }

  /** The rows since the last call. */
  take(): SunkRows | undefined {
    const count = this.#encoder.rows;
    if (count === 0) {
      return undefined;
    }
    return {
      offset: this.#offset,
      starts: this.#starts.slice(0, count),
      ends: this.#ends.slice(0, count),
      line: this.#firstLine,
      rows: this.#encoder.take(),
    };
  }

  #encode(fields: Fields): void {
    const encoder = this.#encoder;
    const sources = this.#fields;
    const { kinds, starts, ends } = fields;
    for (let column = 0; column < sources.length; column++) {
      const field = sources[column]!;
      if (field < 0) {
        const constant = this.#constants[column]!;
        encoder.text(constant, 0, constant.length);
        continue;
      }
      switch (kinds[field]) {
        case TEXT_FIELD:
          encoder.text(fields.bytes, starts[field]!, ends[field]!);
          break;
        case SCRATCH_FIELD:
          encoder.text(fields.scratch, starts[field]!, ends[field]!);
          break;
        case NULL_FIELD:
          encoder.null();
          break;
        default:
          encoder.value(fields.values[field]);
      }
    }
  }

  /** Whether the next record is skipped, or is behind the last one that is wanted. */
  #isUnwanted(end: number): boolean {
    if (this.records === this.#wanted.limit) {
      return true;
    }
    this.end = end;
    if (this.isSkipping) {
      this.#skipped++;
      return true;
    }
    this.records++;
    if (this.records === this.#wanted.limit) {
      this.#hooks.onLimit();
    }
    return false;
  }

  #makeRoom(): void {
    const starts = new Uint32Array(2 * this.#starts.length);
    const ends = new Uint32Array(2 * this.#ends.length);
    starts.set(this.#starts);
    ends.set(this.#ends);
    this.#starts = starts;
    this.#ends = ends;
  }
}
