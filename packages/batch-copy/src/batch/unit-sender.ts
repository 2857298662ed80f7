import { ClosedError, EncodeError } from "../errors.js";
import type { Admission } from "./admission.js";
import { encodeUnit, type SentRow } from "./encode-unit.js";
import type { EncodedTuples } from "./encoded-tuples.js";
import { InvalidRows, type InvalidRow, type Unit, type UnitSource } from "./units.js";

/** What is done about the invalid rows of a unit, and how long it waits for room. */
export interface UnitOptions<Row> {
  readonly signal?: AbortSignal | undefined;
  /**
   * Makes the letter of a row of an invalid unit; `first` is the error of its first invalid row. Without
   * it, invalid rows are the caller's.
   */
  readonly invalidRow?: ((sent: SentRow<Row>, first: EncodeError) => InvalidRow) | undefined;
}

const NOTHING = Buffer.alloc(0);

/**
 * Sends the units of one source, in order. If a row is invalid, and the table may take it by now, the unit
 * gets another attempt; those after it wait for that, because a position must not be accepted after a
 * later one.
 */
export class UnitSender<Row extends object> {
  readonly #admission: Admission<Row>;
  /** The calls that wait for another attempt of the unit before them, while there is one. */
  #later: (() => void)[] | undefined;
  #isClosed = false;

  constructor(admission: Admission<Row>) {
    this.#admission = admission;
  }

  /** From now on, also units that wait for another attempt are refused. */
  close(): void {
    this.#isClosed = true;
  }

  /** Sends a unit of one row. Resolves when it is accepted. */
  send(row: Row, unit: Unit, options: UnitOptions<Row>): Promise<void> {
    if (this.#later !== undefined) {
      const copy = this.#admission.copyOf(row);
      return this.#afterThose(this.#later, [copy], () => this.send(copy, unit, options));
    }
    try {
      this.#throwIfOver(unit);
      return this.#admission.offerOf(row, unit, options.signal);
    } catch (error) {
      return error instanceof EncodeError
        ? this.#onInvalid([{ row: this.#admission.copyOf(row), error }], unit, options)
        : this.#admission.reject(error);
    }
  }

  /** Sends a unit of any number of rows. */
  sendMany(rows: Iterable<Row>, unit: Unit, options: UnitOptions<Row>): Promise<void> {
    const { codec, copyOf } = this.#admission;
    try {
      if (this.#later !== undefined) {
        const copies = Array.from(rows, copyOf);
        return this.#afterThose(this.#later, copies, () => this.sendMany(copies, unit, options));
      }
      this.#throwIfOver(unit);
      const encoded = encodeUnit(rows, codec, copyOf);
      if ("tuples" in encoded) {
        const { tuples, ends } = encoded;
        return this.#admission.offerUnit(tuples, { ...unit, ends }, options.signal);
      }
      return this.#onInvalid(encoded, unit, options);
    } catch (error) {
      return this.#admission.reject(error);
    }
  }

  /** Sends rows that are encoded already. Their bytes are read until they are accepted. */
  sendEncoded(
    rows: EncodedTuples,
    source: UnitSource,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (this.#later !== undefined) {
      const later = this.#later;
      return new Promise((resolve) => {
        later.push(() => resolve(this.sendEncoded(rows, source, signal)));
      });
    }
    try {
      this.#throwIfOver({ source });
      return this.#admission.offerEncoded(rows, source, signal);
    } catch (error) {
      return this.#admission.reject(error);
    }
  }

  #afterThose(
    later: (() => void)[],
    rows: readonly Row[],
    send: () => Promise<void>,
  ): Promise<void> {
    return new Promise((resolve) => {
      later.push(() => resolve(this.#ifTaken(rows, send)));
    });
  }

  /** Rows that have waited may have become those of a table that is closed. */
  #ifTaken(rows: readonly Row[], send: () => Promise<void>): Promise<void> {
    try {
      rows.forEach((row) => this.#admission.check(row));
      return send();
    } catch (error) {
      return this.#admission.reject(error);
    }
  }

  #onInvalid(sent: readonly SentRow<Row>[], unit: Unit, options: UnitOptions<Row>): Promise<void> {
    const { row: invalid, error } = sent.find((one) => one.error !== undefined)!;
    const renewal = this.#admission.renewFor(error, invalid);
    const giveUp = (): Promise<void> => this.#giveUp(error!, sent, unit, options);
    if (renewal === undefined) {
      return giveUp();
    }
    const rows = sent.map(({ row }) => row);
    const sendAgain = (): Promise<void> => this.sendMany(rows, unit, options);
    return this.#afterRenewal(renewal, (isRenewed) =>
      this.#ifTaken(rows, isRenewed ? sendAgain : giveUp),
    );
  }

  async #afterRenewal(
    renewal: Promise<boolean>,
    send: (isRenewed: boolean) => Promise<void>,
  ): Promise<void> {
    this.#later = [];
    const isRenewed = await renewal;
    // Not those of this attempt alone: an earlier one has left some.
    const waiting = this.#later;
    this.#later = undefined;
    const sent = send(isRenewed);
    this.#goOn(waiting);
    return sent;
  }

  /** Lets those go on that have waited, until one of them has another attempt, too. */
  #goOn(waiting: (() => void)[]): void {
    let next: (() => void) | undefined;
    while (this.#later === undefined && (next = waiting.shift()) !== undefined) {
      next();
    }
    this.#later &&= waiting;
  }

  #throwIfOver({ source }: Pick<Unit, "source">): void {
    source.throwIfEnded();
    if (this.#isClosed) {
      throw new ClosedError("source");
    }
  }

  #giveUp(
    error: EncodeError,
    rows: readonly SentRow<Row>[],
    unit: Unit,
    { signal, invalidRow }: UnitOptions<Row>,
  ): Promise<void> {
    if (invalidRow === undefined) {
      return this.#admission.reject(error);
    }
    try {
      this.#throwIfOver(unit);
      const invalid = new InvalidRows(rows.map((sent) => invalidRow(sent, error)));
      return this.#admission.offerUnit(NOTHING, { ...unit, ends: [], invalid }, signal);
    } catch (refusal) {
      return this.#admission.reject(refusal);
    }
  }
}
