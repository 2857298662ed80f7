import { hasLocks, type Model } from "./model.js";
import { SOURCE, type Move, type State, type Transaction } from "./state.js";

/** What a transaction does next that may have to wait, and whom it waits for. */
export function blockersOf(state: State, transaction: Transaction, model: Model): Transaction[] {
  return state.transactions.filter(
    (other) => other !== transaction && blocks(other, transaction, model),
  );
}

function blocks(other: Transaction, transaction: Transaction, model: Model): boolean {
  if (transaction.phase === "begins") {
    return blocksBegin(other, transaction);
  }
  if (transaction.phase !== "copies") {
    return false;
  }
  const next = transaction.rows[transaction.copied];
  if (next !== undefined) {
    return other.rows.slice(0, other.copied).some((row) => isSameKey(row, next, model));
  }
  return (
    (hasLocks(model.protocol) && blocksTurn(other, transaction)) || blocksMoves(other, transaction)
  );
}

/**
 * `pg_advisory_xact_lock(h, new)` waits for all that hold that key, exclusively or shared, and for those
 * that have asked for it before: the successor, once it has copied its rows.
 */
function blocksBegin(other: Transaction, transaction: Transaction): boolean {
  const mine = chainOf(transaction);
  const its = chainOf(other);
  if (mine === undefined || its === undefined || other.phase === "begins") {
    return false;
  }
  return its.new === mine.new || (its.old === mine.new && other.copied === other.rows.length);
}

/** `pg_advisory_xact_lock_shared(h, old)` waits for the predecessor's end. */
function blocksTurn(other: Transaction, transaction: Transaction): boolean {
  const mine = chainOf(transaction);
  const its = chainOf(other);
  return mine !== undefined && its?.new === mine.old && other.phase !== "begins";
}

/** The guard waits for the ledger's rows that another transaction has moved. */
function blocksMoves(other: Transaction, transaction: Transaction): boolean {
  return transaction.moves.some(({ source }) => holdsEntry(other, source));
}

/** Whether a transaction has moved a source's row, and not ended: the row is locked. */
function holdsEntry({ phase, moves }: Transaction, source: number): boolean {
  const isGuarded = phase === "guarded" || phase === "flushed";
  return isGuarded && moves.some((move) => move.source === source);
}

/** Whether a read FOR UPDATE of a source's row would have to wait. */
export function isEntryLocked(state: State, source: number): boolean {
  return state.transactions.some((transaction) => holdsEntry(transaction, source));
}

/** Only batches of the named source are chained, by its positions. */
function chainOf({ moves }: Transaction): Move | undefined {
  return moves.find(({ source }) => source === SOURCE);
}

export function isSameKey(row: number, other: number, { scenario: { keys } }: Model): boolean {
  return keys !== undefined && keys[row] === keys[other];
}

/** Whether the server finds that a transaction waits for itself. */
export function isDeadlocked(state: State, transaction: Transaction, model: Model): boolean {
  const seen = new Set<Transaction>();
  const waiting = [transaction];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const blocker of blockersOf(state, next, model)) {
      if (blocker === transaction) {
        return true;
      }
      if (!seen.has(blocker)) {
        seen.add(blocker);
        waiting.push(blocker);
      }
    }
  }
  return false;
}
