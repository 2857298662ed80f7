import { deliver, type Answer } from "./answers.js";
import { blockersOf, isDeadlocked, isSameKey } from "./locks.js";
import type { Model } from "./model.js";
import {
  entryOf,
  withEntry,
  type Database,
  type Move,
  type State,
  type Step,
  type Transaction,
} from "./state.js";
import { describeTransaction, rowList } from "./words.js";

/** What the server does next with the transactions in progress. */
export function serverSteps(state: State, model: Model): Step[] {
  return state.transactions.flatMap((transaction) => [
    ...noticeSteps(state, transaction, model),
    ...(transaction.connection === "incomplete" ? [] : progressSteps(state, transaction, model)),
  ]);
}

/** A backend whose client is gone may notice it, or be terminated, or go on. */
function noticeSteps(state: State, transaction: Transaction, model: Model): Step[] {
  if (transaction.connection === "open" || transaction.phase === "flushed") {
    return [];
  }
  const label = `the backend of ${describeTransaction(transaction)} notices the loss and aborts`;
  return [{ label, state: end(state, transaction, { kind: "aborted" }, model) }];
}

function progressSteps(state: State, transaction: Transaction, model: Model): Step[] {
  if (blockersOf(state, transaction, model).length > 0) {
    return isDeadlocked(state, transaction, model)
      ? [ended(state, transaction, { kind: "aborted" }, model)]
      : [];
  }
  if (isHeldBack(state, transaction, model)) {
    return [];
  }
  switch (transaction.phase) {
    case "begins":
      return [progress(state, transaction, { phase: "copies" }, "takes its place in the chain")];
    case "copies":
      return transaction.copied < transaction.rows.length
        ? [copyRow(state, transaction, model)]
        : [guard(state, transaction, model)];
    case "guarded":
      return [commit(state, transaction, model)];
    case "flushed":
      return [];
  }
}

/** Whether its client has not sent CopyDone yet, because an earlier batch is in progress. */
function isHeldBack(state: State, transaction: Transaction, { protocol }: Model): boolean {
  const [first] = state.processes[transaction.process]!.batches;
  return (
    protocol.chain === "CopyDone" &&
    transaction.copied === transaction.rows.length &&
    first !== undefined &&
    first.key !== transaction.batch
  );
}

function progress(
  state: State,
  transaction: Transaction,
  change: Partial<Transaction>,
  what: string,
): Step {
  const index = state.transactions.indexOf(transaction);
  const transactions = state.transactions.with(index, { ...transaction, ...change });
  return {
    label: `${describeTransaction(transaction)} ${what}`,
    state: { ...state, transactions },
  };
}

function copyRow(state: State, transaction: Transaction, model: Model): Step {
  const row = transaction.rows[transaction.copied]!;
  if (isRefused(state, transaction, row, model)) {
    return ended(state, transaction, { kind: "refused", row }, model);
  }
  const copied = transaction.copied + 1;
  return progress(state, transaction, { copied }, `copies row ${row}`);
}

function isRefused(
  { committed, isForeignKeyThere }: State,
  { rows, copied }: Transaction,
  row: number,
  model: Model,
): boolean {
  const { refused, keys, parents, foreignKey } = model.scenario;
  const parent = parents[row];
  const hasParent =
    parent === undefined || committed.rows[parent]! > 0 || rows.slice(0, copied).includes(parent);
  return (
    refused.includes(row) ||
    !hasParent ||
    (isForeignKeyThere && keys?.[row] === foreignKey) ||
    committed.rows.some((count, other) => count > 0 && isSameKey(row, other, model))
  );
}

function guard(state: State, transaction: Transaction, model: Model): Step {
  const hasMoved = transaction.moves.every((move) => matches(state.committed, move));
  return hasMoved || !model.protocol.guard
    ? progress(state, transaction, { phase: "guarded" }, "passes its guard")
    : ended(state, transaction, { kind: "guard failed" }, model);
}

function matches(database: Database, move: Move): boolean {
  const entry = entryOf(database, move.source);
  return entry?.owner === move.owner && entry.position === move.old;
}

function commit(state: State, transaction: Transaction, model: Model): Step {
  if (model.scenario.replication === "synchronous" && state.standby !== undefined) {
    return progress(state, transaction, { phase: "flushed" }, "commits, and waits for the standby");
  }
  return ended(state, transaction, { kind: "committed" }, model);
}

function ended(state: State, transaction: Transaction, answer: Answer, model: Model): Step {
  return {
    label: `${describeTransaction(transaction)} ${describeAnswer(answer, transaction)}`,
    state: end(state, transaction, answer, model),
  };
}

/** Ends a transaction, and answers its client, if it is there. */
export function end(state: State, transaction: Transaction, answer: Answer, model: Model): State {
  const transactions = state.transactions.filter((other) => other !== transaction);
  const after = { ...state, transactions };
  const applied = answer.kind === "committed" ? apply(after, transaction) : after;
  return transaction.connection === "open" ? deliver(applied, transaction, answer, model) : applied;
}

/** Makes what a transaction has written visible. */
function apply(state: State, { rows, letters, moves }: Transaction): State {
  const written: Database = {
    ...state.committed,
    rows: state.committed.rows.map((count, row) => count + Number(rows.includes(row))),
    letters: state.committed.letters.map((count, row) => count + Number(letters.includes(row))),
  };
  const committed = moves.reduce(moved, written);
  const stranger = moves.find(({ source, claim }) => entryOf(written, source)?.claim !== claim);
  const violation =
    stranger === undefined ? state.violation : "an owner commits after another one's claim";
  return { ...state, committed, violation };
}

function moved(database: Database, move: Move): Database {
  const entry = entryOf(database, move.source);
  return entry === undefined ? database : withEntry(database, { ...entry, position: move.new });
}

function describeAnswer(answer: Answer, { connection }: Transaction): string {
  const unheard = connection === "open" ? "" : ", and nobody hears of it";
  switch (answer.kind) {
    case "committed":
      return `commits${unheard}`;
    case "refused":
      return `fails: row ${rowList([answer.row])} is refused${unheard}`;
    case "guard failed":
      return `fails: its guard moved nothing (42704)${unheard}`;
    case "aborted":
      return `is aborted as the victim of a deadlock${unheard}`;
  }
}
