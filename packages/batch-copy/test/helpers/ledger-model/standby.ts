import { doubt, lose } from "./lost.js";
import type { Model } from "./model.js";
import { end } from "./server.js";
import { spend } from "./spend.js";
import { change, type State, type Step, type Transaction } from "./state.js";
import { describeTransaction } from "./words.js";

/** A backend that waits for the standby is terminated: its commit is visible, and not replicated. */
export function cancelWait(state: State, transaction: Transaction, model: Model): Step {
  const lost = lose(spend(state, "cuts"), transaction, "cut");
  const zombie = lost.transactions[state.transactions.indexOf(transaction)]!;
  return {
    label: `the backend of the ${describeTransaction(transaction)} is terminated as it waits for the standby`,
    state: end(lost, zombie, { kind: "committed" }, model),
  };
}

/** The standby receives what the primary has written, and transactions that wait for it are released. */
export function replicate(state: State, model: Model): Step[] {
  if (state.standby === undefined) {
    return [];
  }
  const flushed = state.transactions.filter(({ phase }) => phase === "flushed");
  if (state.standby === state.committed && flushed.length === 0) {
    return [];
  }
  const released = flushed.reduce(
    (before, transaction) => end(before, transaction, { kind: "committed" }, model),
    state,
  );
  const replicated = { ...released, standby: released.committed };
  return [{ label: "the standby catches up", state: replicated }];
}

/** The primary dies with its transactions, and the standby is promoted with what it has. */
export function promote(state: State, model: Model): Step[] {
  const { standby, left } = state;
  if (standby === undefined || left.failovers === 0) {
    return [];
  }
  const dead = { ...spend(state, "failovers"), transactions: [], standby: undefined };
  const promoted: State = {
    ...dead,
    committed: standby,
    mayHaveForgotten: model.scenario.replication === "asynchronous",
  };
  return [
    {
      label: "the standby is promoted, and the primary is gone",
      state: state.transactions
        .filter(({ connection }) => connection === "open")
        .reduce(
          (before, transaction) => doubt(before, transaction, true),
          reconnected(promoted, model),
        ),
    },
  ];
}

/** All connections are lost, those of reads and of refusals that are not proven yet, too. */
function reconnected(state: State, { protocol }: Model): State {
  return state.processes.reduce(
    (before, { batches }, index) =>
      batches.reduce((each, batch) => {
        const mustSendAgain =
          batch.stage === "refusal unproven" && protocol.proveOver === "the same connection";
        const again = mustSendAgain ? ({ stage: "ready", suspect: undefined } as const) : {};
        return change(each, index, batch, { reading: undefined, ...again });
      }, before),
    state,
  );
}
