import type { Rejection, RowEncoder } from "batch-copy";

import type { FieldPlan } from "./field-plan.js";
import type { RecordFile } from "./record-file.js";
import type { Rejects } from "./rejects.js";
import { RowSink, type RefusedRecord, type WantedRecords } from "./row-sink.js";
import type { RowTarget } from "./row-target.js";

/** What the load of a file works with. */
export interface FileLoadParts {
  readonly file: RecordFile;
  readonly encoder: RowEncoder;
  readonly plan: FieldPlan;
  readonly target: RowTarget;
  readonly rejects: Rejects;
  readonly wanted: WantedRecords;
  /** Where the first record begins that is not loaded. */
  readonly from: number;
  readonly onProgress: () => void;
}

/** Without rows, the position moves after so many bytes of rejected records. */
const ADVANCE_BYTES = 16 * 2 ** 20;

/** Reads the records of a file, sends them, and keeps those that are rejected. */
export class FileLoad {
  readonly #parts: FileLoadParts;
  readonly #sink: RowSink;
  /** Records that were refused since they were kept last. */
  #refused: RefusedRecord[] = [];
  /** Where the position will be: the last row ends there that was sent, or what was passed by. */
  #sentEnd: number;
  #encodedRows = 0;
  #stopReason: string | undefined;

  constructor(parts: FileLoadParts) {
    const { encoder, plan, wanted } = parts;
    this.#parts = parts;
    this.#sentEnd = parts.from;
    this.#sink = new RowSink(encoder, plan, wanted, {
      onRefused: (record) => this.#refused.push(record),
      onLimit: () => parts.file.stop(),
    });
  }

  /** Records that were read. */
  get records(): number {
    return this.#sink.records;
  }

  /** Records that were encoded. */
  get encodedRows(): number {
    return this.#encodedRows;
  }

  /** Why it ended before the end of the file. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  /** Reads nothing more; what was read is still written. */
  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#parts.file.stop();
  }

  /** @throws the error with which nothing more can be sent */
  async run(): Promise<void> {
    const { file, from, onProgress, target } = this.#parts;
    for await (const _ of file.read(this.#sink, from)) {
      await this.#keepRefused();
      await this.#send();
      file.settled(target.settled, this.#sink.end);
      onProgress();
    }
    await this.#moveToEnd();
    await target.flush();
    this.#checkRejects(true);
    onProgress();
  }

  /** Keeps a row that the server rejected. Its position is not passed before that. */
  async onRejected({ error, position }: Rejection): Promise<void> {
    const record = this.#parts.file.recordAt(Number(position));
    const column = "column" in error ? error.column : undefined;
    const sqlState = "sqlState" in error ? error.sqlState : undefined;
    await this.#keep({ ...record, reason: error.message, column }, sqlState);
    this.#parts.rejects.flush();
    this.#checkRejects(false);
  }

  async #send(): Promise<void> {
    const { file, target } = this.#parts;
    const sunk = this.#sink.take();
    const end = this.#sink.end;
    if (sunk !== undefined) {
      this.#encodedRows += sunk.rows.count;
      file.sent(sunk);
      await target.send(sunk.rows, end);
      // Not `end`: records after the last row may be refused.
      this.#sentEnd = sunk.offset + sunk.ends.at(-1)!;
    } else if (end - this.#sentEnd > ADVANCE_BYTES) {
      await this.#advance(end);
    }
  }

  /** Past records that were rejected or skipped at the end, and past what follows the last record. */
  async #moveToEnd(): Promise<void> {
    const end = this.#parts.file.readEnd ?? this.#sink.end;
    if (end > this.#sentEnd) {
      await this.#advance(end);
    }
  }

  /** Not between records that are skipped: a load that goes on there would not skip the others. */
  async #advance(end: number): Promise<void> {
    if (!this.#sink.isSkipping) {
      await this.#parts.target.advance(end);
      this.#sentEnd = end;
    }
  }

  /** Before the rows after them are sent, so that no position passes a record that is not kept. */
  async #keepRefused(): Promise<void> {
    if (this.#refused.length > 0) {
      const refused = this.#refused;
      this.#refused = [];
      for (const record of refused) {
        await this.#keep(record, undefined);
      }
      this.#parts.rejects.flush();
      this.#checkRejects(false);
    }
  }

  async #keep(record: RefusedRecord, sqlState: string | undefined): Promise<void> {
    const { file, rejects } = this.#parts;
    const { offset, end, column } = record;
    const raw = await file.rawOf(record);
    const line = await file.lineOf(record.line);
    const reject = { file: file.name, line, offset, end, column, sqlState, message: record.reason };
    rejects.add(raw, reject, file.header);
  }

  #checkRejects(isEnd: boolean): void {
    const reason = this.#parts.rejects.tooMany(this.records, isEnd);
    if (reason !== undefined) {
      this.stop(reason);
    }
  }
}
