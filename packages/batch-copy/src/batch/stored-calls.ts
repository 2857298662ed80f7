import { BatchCopyError, SpoolError } from "../errors.js";
import { unlessWithdrawn } from "./abort-watch.js";
import { sendEach } from "./send-each.js";
import { StoredCount, type StoredPlace, type StoreGroup } from "./store-group.js";
import { WithdrawableRows } from "./withdrawable-rows.js";

/** How rows are gathered that are made durable before they are accepted. */
export interface StoredRowsGate<Row extends object> {
  /**
   * Gathers a row.
   *
   * @returns the group that it is in, as its last row; or the row, encoded, if there is no room for it
   */
  gather(row: Row, signal: AbortSignal | undefined): StoreGroup | Buffer;
  /** Waits until there is room for a row; resolves to its place. */
  waitForPlace(tuple: Buffer, signal: AbortSignal | undefined): Promise<StoredPlace>;
  /** What a sender has to wait for before its next row. */
  goOn(signal: AbortSignal | undefined): Promise<void> | undefined;
}

/** Another attempt with an invalid row, if it deserves one. */
export type AnotherAttempt<Row extends object> = (
  row: Row,
  error: unknown,
  attempt: (copy: Row) => Promise<unknown> | undefined,
) => Promise<unknown> | undefined;

/** The rows of a call that sends many. */
interface ManyRows {
  readonly count: StoredCount;
  /** If the call has a signal. */
  readonly withdrawable: WithdrawableRows;
}

/** Thrown to end a call; it rejects with the error of the rows that have failed. */
const FAILED = "rows before it could not be made durable";

/** The calls of senders whose rows are made durable before they are accepted. */
export class StoredCalls<Row extends object> {
  readonly #gate: StoredRowsGate<Row>;
  readonly #again: AnotherAttempt<Row>;

  constructor(gate: StoredRowsGate<Row>, again: AnotherAttempt<Row>) {
    this.#gate = gate;
    this.#again = again;
  }

  /** See `Copier.send`. */
  send(row: Row, signal: AbortSignal | undefined): Promise<void> {
    const gathered = this.#gate.gather(row, signal);
    if (Buffer.isBuffer(gathered)) {
      const waiting = this.#gate.waitForPlace(gathered, signal);
      return waiting.then((place) => stored(place, signal));
    }
    return signal === undefined
      ? gathered.stored
      : stored({ group: gathered, row: gathered.lastRow }, signal);
  }

  /** See `Copier.sendMany`. */
  async sendMany(
    rows: Iterable<Row> | AsyncIterable<Row>,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const count = new StoredCount();
    const withdrawable = new WithdrawableRows();
    try {
      await sendEach(rows, signal, (row) => {
        if (count.isFailed) {
          throw new SpoolError(FAILED);
        }
        return this.#sendOneOf({ count, withdrawable }, row, signal);
      });
    } catch (error) {
      if (signal?.aborted === true && !(error instanceof BatchCopyError)) {
        withdrawable.withdraw();
      } else {
        // The rows before it are accepted when they are durable; if they are not, it matters more.
        await ended({ count, withdrawable }, signal);
      }
      throw error;
    }
    return ended({ count, withdrawable }, signal);
  }

  /** Does not wait until the row is durable: those after it are gathered meanwhile. */
  #sendOneOf(
    call: ManyRows,
    row: Row,
    signal: AbortSignal | undefined,
  ): Promise<unknown> | undefined {
    const { count, withdrawable } = call;
    let gathered: StoreGroup | Buffer;
    try {
      gathered = this.#gate.gather(row, signal);
    } catch (error) {
      const again = this.#again(row, error, (copy) => {
        return Promise.resolve(this.#sendOneOf(call, copy, signal));
      });
      if (again === undefined) {
        throw error;
      }
      return again;
    }
    if (Buffer.isBuffer(gathered)) {
      const waiting = this.#gate.waitForPlace(gathered, signal);
      return waiting.then((place) => {
        count.add(place.group);
        withdrawable.add(place);
      });
    }
    count.add(gathered);
    if (signal !== undefined) {
      withdrawable.add({ group: gathered, row: gathered.lastRow });
    }
    return this.#gate.goOn(signal);
  }
}

/** Resolves to the number of rows when all of them are durable. If the signal aborts before, see {@link stored}. */
function ended(
  { count, withdrawable }: ManyRows,
  signal: AbortSignal | undefined,
): Promise<number> {
  return signal === undefined
    ? count.end()
    : unlessWithdrawn(count.end(), signal, () => withdrawable.withdraw());
}

/** Resolves when a row is durable. If the signal aborts before it is being written, it is withdrawn. */
function stored({ group, row }: StoredPlace, signal: AbortSignal | undefined): Promise<void> {
  return signal === undefined
    ? group.stored
    : unlessWithdrawn(group.stored, signal, () => group.withdraw(row));
}
