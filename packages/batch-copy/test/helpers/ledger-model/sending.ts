import { dropSource } from "./ended-source.js";
import { claimLane, freeLane } from "./lanes.js";
import { hasLocks, type Model } from "./model.js";
import { tell } from "./refusals.js";
import {
  change,
  heldBy,
  isFirst,
  rowsOf,
  sourceRows,
  SOURCE,
  withBatch,
  withProcess,
  type Batch,
  type Move,
  type Process,
  type State,
  type Step,
} from "./state.js";
import { describeBatch, rowList } from "./words.js";

/** What a process does next with its rows, apart from reading the ledger. */
export function sendingSteps(state: State, model: Model): Step[] {
  return state.processes.flatMap((process, index) =>
    process.isRunning
      ? [
          ...claimLane(state, index, model),
          ...sendNext(state, index, model),
          ...process.batches.flatMap((batch) => [
            ...sendAgain(state, index, batch, model),
            ...tell(state, index, batch, model),
          ]),
        ]
      : [],
  );
}

/** Takes the next rows as a batch, and sends it, unless an earlier batch takes longer. */
function sendNext(state: State, index: number, model: Model): Step[] {
  const process = state.processes[index]!;
  const { source, batches, plainBegun } = process;
  const { connections, sourceBatches, plainBatches } = model.scenario;
  const old = source?.read ?? 0;
  const isHeld = source === undefined || source.ended !== undefined;
  const end = isHeld ? old : (sourceBatches.find((position) => position > old) ?? old);
  const plain = plainBatches[plainBegun] ?? [];
  const mustWait = end > old && !mayFollow(state, index, model);
  if (batches.length >= connections || mustWait || (end === old && plain.length === 0)) {
    return [];
  }
  const batch: Batch = {
    key: end > old ? old : plain[0]!,
    old,
    new: end,
    plain,
    lane: undefined,
    stage: "ready",
    reading: undefined,
    wasFirst: false,
    isFaltering: false,
    suspect: undefined,
    refused: [],
    untold: [],
  };
  const taken = withProcess(state, index, {
    ...process,
    source: source && { ...source, read: end },
    plainBegun: plainBegun + Number(plain.length > 0),
    batches: [...batches, batch],
  });
  return send(taken, index, batch, model, "sends");
}

/** Whether a batch of the source may be sent while those before it are in progress. */
function mayFollow({ processes, transactions }: State, index: number, model: Model): boolean {
  const isFaltering = processes[index]!.batches.some((batch) => batch.isFaltering);
  const mustHold = model.protocol.chain === "locks, known to be held";
  const isBeginning = transactions.some(
    ({ process, phase, connection }) =>
      process === index && phase === "begins" && connection === "open",
  );
  return !isFaltering && !(mustHold && isBeginning);
}

/** Sends a batch again, in its turn, after what went before is known and told. */
function sendAgain(state: State, index: number, batch: Batch, model: Model): Step[] {
  const process = state.processes[index]!;
  const mustTell = batch.untold.length > 0 && model.protocol.settleRefused === "before passing";
  if (batch.stage !== "ready" || mustTell) {
    return [];
  }
  const isOfSource = sourceRows(batch).length > 0;
  if (isOfSource && process.source?.ended !== undefined) {
    const label = `${describeBatch(index, batch)} gives up the source's rows`;
    return [{ label, state: dropSource(state, index, batch) }];
  }
  if (!isOfSource && model.scenario.rejects === "onReject" && rowsToSend(batch).length === 0) {
    const label = `${describeBatch(index, batch)} has nothing left to write`;
    return [{ label, state: withProcess(state, index, withBatch(process, batch)) }];
  }
  const isItsTurn =
    !isOfSource || isFirst(process, batch) || model.protocol.sendAgain === "at once";
  return isItsTurn ? send(state, index, batch, model, "sends again") : [];
}

function rowsToSend(batch: Batch): number[] {
  return rowsOf(batch).filter((row) => !batch.refused.includes(row));
}

function send(state: State, index: number, batch: Batch, model: Model, verb: string): Step[] {
  const process = state.processes[index]!;
  const lane = batch.plain.length > 0 ? (batch.lane ?? freeLane(process)) : undefined;
  if (batch.plain.length > 0 && (lane === undefined || process.lanes[lane] === undefined)) {
    return [];
  }
  const moves = movesOf(process, { ...batch, lane });
  const isOfSource = moves.some(({ source }) => source === SOURCE);
  const hasLetters =
    model.scenario.rejects === "letters" && model.protocol.settleRefused === "before passing";
  const transaction = {
    process: index,
    batch: batch.key,
    rows: rowsToSend(batch),
    letters: hasLetters ? batch.refused : [],
    moves,
    phase: isOfSource && hasLocks(model.protocol) ? "begins" : "copies",
    copied: 0,
    connection: "open",
  } as const;
  const sent = change(state, index, batch, {
    stage: "sent",
    lane,
    wasFirst: isFirst(process, batch),
  });
  return [
    {
      label: `${describeBatch(index, batch)} ${verb} rows ${rowList(transaction.rows)}`,
      state: { ...sent, transactions: [...sent.transactions, transaction] },
    },
  ];
}

/** A lane moves by one position a transaction. */
function movesOf(process: Process, batch: Batch): Move[] {
  const lane = batch.lane === undefined ? undefined : process.lanes[batch.lane];
  return heldBy(process, batch).map(({ source, owner, claim }) => ({
    source,
    owner,
    claim,
    old: source === SOURCE ? batch.old : lane!.position,
    new: source === SOURCE ? batch.new : lane!.position + 1,
  }));
}
