import { lose } from "./lost.js";
import type { Model } from "./model.js";
import { spend } from "./spend.js";
import { cancelWait, promote, replicate } from "./standby.js";
import {
  stopped,
  withProcess,
  type Process,
  type State,
  type Step,
  type Transaction,
} from "./state.js";
import { describeTransaction, processName } from "./words.js";

/** What goes wrong, and what others do. */
export function faultSteps(state: State, model: Model): Step[] {
  return [
    ...state.transactions.flatMap((transaction) => cuts(state, transaction, model)),
    ...state.processes.flatMap((process, index) => crash(state, index, process, model)),
    ...replicate(state, model),
    ...promote(state, model),
    ...deleteForeignRow(state),
  ];
}

/** A connection is lost: before CopyDone was sent, or after it, while the backend lives on. */
function cuts(state: State, transaction: Transaction, model: Model): Step[] {
  if (transaction.connection !== "open" || state.left.cuts === 0) {
    return [];
  }
  const name = describeTransaction(transaction);
  const after = {
    label: `the connection of the ${name} is cut after CopyDone`,
    state: lose(spend(state, "cuts"), transaction, "cut"),
  };
  if (transaction.phase === "begins" || transaction.phase === "copies") {
    const incomplete = lose(spend(state, "cuts"), transaction, "incomplete");
    return [
      { label: `the connection of the ${name} is cut before CopyDone`, state: incomplete },
      after,
    ];
  }
  return transaction.phase === "flushed" ? [after, cancelWait(state, transaction, model)] : [after];
}

/** A client process dies. What it has sent completely may still be committed. */
function crash(state: State, index: number, process: Process, { scenario }: Model): Step[] {
  if (!process.isRunning || state.left.crashes === 0) {
    return [];
  }
  const transactions = state.transactions.map((transaction) =>
    transaction.process === index && transaction.connection === "open"
      ? { ...transaction, connection: "cut" as const }
      : transaction,
  );
  return [
    {
      label: `${processName(index)} crashes`,
      state: withProcess({ ...spend(state, "crashes"), transactions }, index, stopped(scenario)),
    },
  ];
}

function deleteForeignRow(state: State): Step[] {
  return state.isForeignKeyThere
    ? [
        {
          label: "another application deletes its row",
          state: { ...state, isForeignKeyThere: false },
        },
      ]
    : [];
}
