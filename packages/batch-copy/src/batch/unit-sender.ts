import { ClosedError, EncodeError } from "../errors.js";
import type { Admission } from "./admission.js";
import { copyOfRow } from "./copy-of-row.js";
import { encodeUnit, type SentRow } from "./encode-unit.js";
import { InvalidRows, type InvalidRow, type Unit } from "./units.js";

/** What is done about the invalid rows of a unit, and how long it waits for room. */
export interface UnitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Makes the letter of an invalid row. Without it, invalid rows are the caller's. */
  readonly invalidRow?: ((row: object, error: EncodeError) => InvalidRow) | undefined;
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
  send(row: Row, unit: Unit, options: UnitOptions): Promise<void> {
    if (this.#later !== undefined) {
      const copy = copyOfRow(row);
      return this.#afterThose(this.#later, () => this.send(copy, unit, options));
    }
    try {
      this.#throwIfOver(unit);
      return this.#admission.offerOf(row, unit, options.signal);
    } catch (error) {
      return error instanceof EncodeError
        ? this.#onInvalid(error, [{ row: copyOfRow(row), error }], unit, options)
        : this.#admission.reject(error);
    }
  }

  /** Sends a unit of any number of rows. */
  sendMany(rows: Iterable<Row>, unit: Unit, options: UnitOptions): Promise<void> {
    if (this.#later !== undefined) {
      const copies = Array.from(rows, copyOfRow);
      return this.#afterThose(this.#later, () => this.sendMany(copies, unit, options));
    }
    try {
      this.#throwIfOver(unit);
      const encoded = encodeUnit(rows, this.#admission.codec);
      if ("tuples" in encoded) {
        const { tuples, ends } = encoded;
        return this.#admission.offerUnit(tuples, { ...unit, ends }, options.signal);
      }
      const { error } = encoded.find((sent) => sent.error !== undefined)!;
      return this.#onInvalid(error!, encoded, unit, options);
    } catch (error) {
      return this.#admission.reject(error);
    }
  }

  #afterThose(later: (() => void)[], send: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      later.push(() => resolve(send()));
    });
  }

  #onInvalid(
    error: EncodeError,
    rows: readonly SentRow<Row>[],
    unit: Unit,
    options: UnitOptions,
  ): Promise<void> {
    const renewal = this.#admission.renewFor(error);
    const giveUp = (): Promise<void> => this.#giveUp(error, rows, unit, options);
    if (renewal === undefined) {
      return giveUp();
    }
    const again = rows.map(({ row }) => row);
    return this.#afterRenewal(renewal, () => this.sendMany(again, unit, options), giveUp);
  }

  async #afterRenewal(
    renewal: Promise<boolean>,
    sendAgain: () => Promise<void>,
    giveUp: () => Promise<void>,
  ): Promise<void> {
    const later: (() => void)[] = [];
    this.#later = later;
    const isRenewed = await renewal;
    this.#later = undefined;
    const sent = isRenewed ? sendAgain() : giveUp();
    this.#goOn(later);
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

  #throwIfOver({ source }: Unit): void {
    source.throwIfEnded();
    if (this.#isClosed) {
      throw new ClosedError("source");
    }
  }

  #giveUp(
    error: EncodeError,
    rows: readonly SentRow<Row>[],
    unit: Unit,
    { signal, invalidRow }: UnitOptions,
  ): Promise<void> {
    if (invalidRow === undefined) {
      return this.#admission.reject(error);
    }
    try {
      this.#throwIfOver(unit);
      const invalid = new InvalidRows(
        rows.map((sent) => invalidRow(sent.row, sent.error ?? sentWith(error, sent.row))),
      );
      return this.#admission.offerUnit(NOTHING, { ...unit, ends: [], invalid }, signal);
    } catch (refusal) {
      return this.#admission.reject(refusal);
    }
  }
}

/** The error of a row that is valid, in a unit that is not. */
function sentWith(error: EncodeError, row: object): EncodeError {
  const reason = `it was sent together with an invalid row: ${error.message}`;
  return new EncodeError(undefined, row, reason, { cause: error });
}
