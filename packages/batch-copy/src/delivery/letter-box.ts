import { toError } from "../copy/call-out.js";
import { isRefusal, QUERY_CANCELED } from "../transaction/server-error.js";
import type { Statement } from "../transaction/statement.js";
import type { DeadLetters, Letter, RejectedRow } from "./dead-letters.js";
import { isForOperator } from "./disposition.js";
import type { FailedFate, Fate, RefusedFate } from "./fate.js";
import type { Means } from "./means.js";
import { Patience } from "./patience.js";
import { pause } from "./pause.js";

/** A rejected row by its position in the batch. */
interface BoxedRow extends RejectedRow {
  readonly position: number;
  /** Where it is kept. */
  readonly deadLetters: DeadLetters;
}

interface BoxedLetter {
  readonly position: number;
  readonly fate: RefusedFate;
  readonly deadLetters: DeadLetters;
  readonly sql: string;
}

/** What a box works with. */
export interface LetterBoxParts {
  readonly means: Means;
  readonly signal: AbortSignal;
  /** Whether the row is that of a source which has ended: it belongs to whoever opens that next. */
  readonly isLost: (position: number) => boolean;
  /** Called once for each row: when its letter is committed, or when there will be none. */
  readonly settle: (position: number, fate: FailedFate, hasLetter: boolean) => void;
}

/**
 * Each transaction that fails says all of them again, and the server keeps dead rows of them until VACUUM.
 * Where each row is rejected, 64 took 2.5 times as long, and eight times the space.
 */
const MAX_LETTERS = 8;
const MAX_CHARACTERS = 64 * 1024;

/** A warning says then that a letter cannot be made. */
const ATTEMPTS_TO_WARN = 10;

/** After so many in a row, `statement_timeout` is too short for the values. */
const CANCELLATIONS = 3;

/**
 * The rejected rows of a batch whose letters are not committed. The next transaction of the batch
 * stores them, so that a row is in the table of dead letters exactly when the rows after it are written.
 */
export class LetterBox {
  readonly #parts: LetterBoxParts;
  #rows: BoxedRow[] = [];
  #letters: BoxedLetter[] = [];

  constructor(parts: LetterBoxParts) {
    this.#parts = parts;
  }

  /** Takes a row that was rejected. */
  add(row: BoxedRow): void {
    this.#rows.push(row);
  }

  get isEmpty(): boolean {
    return this.#rows.length + this.#letters.length === 0;
  }

  /** Whether the letters should be committed without waiting for rows. */
  get isFull(): boolean {
    const characters = this.#letters.reduce((sum, { sql }) => sum + sql.length, 0);
    return this.#rows.length + this.#letters.length >= MAX_LETTERS || characters >= MAX_CHARACTERS;
  }

  /** Makes the letters of the rows. Never rejects. */
  async makeLetters(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    for (const row of rows) {
      await this.#write(row);
    }
  }

  /** What the next transaction has to say: it stores the letters that have been made. */
  statements(): readonly Statement[] {
    this.#giveUpLost();
    const tables = new Set(this.#letters.map(({ deadLetters }) => deadLetters));
    return Array.from(tables, (table) => {
      const letters = this.#letters.filter(({ deadLetters }) => deadLetters === table);
      return table.statement(letters.map(({ sql }) => sql));
    });
  }

  /** Settles the rows of the letters, which are committed. */
  onCommit(): void {
    const letters = this.#letters;
    this.#letters = [];
    letters.forEach(({ position, fate }) => this.#parts.settle(position, fate, true));
  }

  /**
   * Settles the rows whose letters are not known to be committed, as without dead letters.
   *
   * @param fate of the transaction that had all letters to store: if its outcome is unknown, so is theirs
   */
  giveUp(fate: Fate): void {
    const left = [...this.#letters, ...this.#rows];
    this.#letters = [];
    this.#rows = [];
    left.forEach((row) => {
      this.#parts.settle(row.position, fate.kind === "unknown" ? fate : row.fate, false);
    });
  }

  /** A transaction that moves none of their sources would store their letters all the same. */
  #giveUpLost(): void {
    const { isLost, settle } = this.#parts;
    const lost = this.#letters.filter(({ position }) => isLost(position));
    if (lost.length > 0) {
      this.#letters = this.#letters.filter((letter) => !lost.includes(letter));
      lost.forEach(({ position, fate }) => settle(position, fate, false));
    }
  }

  async #write(row: BoxedRow): Promise<void> {
    const { position, fate, deadLetters } = row;
    const letter = await this.#letterOf(row);
    if ("sql" in letter) {
      this.#letters.push({ position, fate, deadLetters, sql: letter.sql });
    } else {
      const { means, signal, settle } = this.#parts;
      if (!signal.aborted) {
        const why = `a rejected row has no dead letter: ${letter.whyNot}`;
        means.alarm.sound("no letter", `${means.table}: ${why}`);
      }
      settle(position, fate, false);
    }
  }

  async #letterOf(row: BoxedRow): Promise<Letter> {
    const { means, signal } = this.#parts;
    const { retry, health, clock } = means;
    const patience = new Patience(retry, health, clock);
    let whyNot = "it was given up";
    let cancellations = 0;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        return await row.deadLetters.letterOf(row);
      } catch (thrown) {
        const error = toError(thrown);
        const isHeld = isForOperator(error);
        const delayMs = patience.nextDelay(isHeld);
        whyNot = error.message;
        cancellations = isCanceled(error) ? cancellations + 1 : 0;
        if (delayMs === undefined || cancellations === CANCELLATIONS) {
          break;
        }
        if (isHeld || attempt >= ATTEMPTS_TO_WARN) {
          const why = `a rejected row waits for its dead letter: ${whyNot}`;
          means.alarm.sound("letter waits", `${means.table}: ${why}`);
        }
        await pause(clock, delayMs, signal);
      }
    }
    return { whyNot };
  }
}

function isCanceled({ cause }: Error): boolean {
  return isRefusal(cause) && cause.code === QUERY_CANCELED;
}
