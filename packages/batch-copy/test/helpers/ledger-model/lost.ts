import { batchOf, change, type State, type Transaction } from "./state.js";

/** Cuts the connection of a transaction. */
export function lose(
  state: State,
  transaction: Transaction,
  connection: "cut" | "incomplete",
): State {
  const index = state.transactions.indexOf(transaction);
  const transactions = state.transactions.with(index, { ...transaction, connection });
  return doubt({ ...state, transactions }, transaction, connection === "cut");
}

/** A client that has sent CopyDone is in doubt; otherwise it sends the batch again. */
export function doubt(state: State, { process, batch: key }: Transaction, isDoubt: boolean): State {
  const batch = batchOf(state, process, key);
  return batch === undefined
    ? state
    : change(state, process, batch, {
        stage: isDoubt ? "in doubt" : "ready",
        isFaltering: true,
      });
}
