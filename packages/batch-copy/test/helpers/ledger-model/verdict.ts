import { settleCommitted } from "./answers.js";
import { dropSource } from "./ended-source.js";
import type { Model } from "./model.js";
import { believe } from "./refusals.js";
import {
  change,
  entryOf,
  SOURCE,
  withProcess,
  withTold,
  type Batch,
  type Lane,
  type Reading,
  type Source,
  type State,
  type Step,
} from "./state.js";

/** What the ledger says of the positions of a batch. */
type SourceVerdict = "committed" | "not committed" | "too early" | "between" | Lost;

/** Why a source ends. */
type Lost = "fenced" | "rewound" | "unknown";

function sourceVerdict(
  reading: Reading,
  source: Source,
  batch: Batch,
  { protocol }: Model,
): SourceVerdict {
  const entry = entryOf(reading, SOURCE);
  const { acknowledged } = protocol.rewound === "since it was asked" ? reading : source;
  if (source.ended !== undefined) {
    return source.ended;
  }
  if (entry === undefined) {
    return "unknown";
  }
  if (!source.owners.includes(entry.owner)) {
    return "fenced";
  }
  if (entry.position < acknowledged) {
    return "rewound";
  }
  if (entry.position >= batch.new) {
    return "committed";
  }
  if (entry.position < batch.old) {
    return "too early";
  }
  return entry.position === batch.old ? "not committed" : "between";
}

/** What the ledger says of the plain rows of a batch, by the source of their lane. */
type LaneVerdict = "committed" | "not committed" | "forgotten" | "another's";

function laneVerdict(reading: Reading, lane: Lane): LaneVerdict {
  const entry = entryOf(reading, lane.source);
  if (entry === undefined || entry.position < lane.position) {
    return "forgotten";
  }
  if (!lane.owners.includes(entry.owner)) {
    return "another's";
  }
  return entry.position > lane.position ? "committed" : "not committed";
}

/** Does what the ledger says is to be done with a batch. */
export function judge(
  state: State,
  index: number,
  batch: Batch,
  reading: Reading,
  model: Model,
): Step {
  const process = state.processes[index]!;
  const lane = batch.lane === undefined ? undefined : process.lanes[batch.lane];
  const ofSource =
    process.source && batch.new > batch.old
      ? sourceVerdict(reading, process.source, batch, model)
      : undefined;
  const ofLane = lane && laneVerdict(reading, lane);
  const verdicts = [
    ofSource && `the source's rows are ${ofSource}`,
    ofLane && `the plain rows are ${ofLane}`,
  ];
  const label = verdicts.filter((verdict) => verdict !== undefined).join(", ");
  const checked = { ...state, violation: impossible(state, index, reading, ofSource, ofLane) };
  // One transaction has written both.
  if ((ofLane ?? ofSource) === "committed") {
    return { label, state: settleCommitted(ended(checked, index, ofSource), index, batch, model) };
  }
  const again = change(forget(checked, index, batch, reading, ofLane), index, batch, {
    stage: "ready",
    reading: undefined,
    isFaltering: true,
    lane: ofLane === "forgotten" ? undefined : batch.lane,
  });
  const next = again.processes[index]!.batches.find(({ key }) => key === batch.key)!;
  if (isLost(ofSource)) {
    return { label, state: dropSource(ended(again, index, ofSource), index, next) };
  }
  const { suspect } = batch;
  return {
    label,
    // The refusal was about a source that is still ours.
    state: suspect === undefined ? again : believe(again, index, next, suspect, model),
  };
}

function isLost(verdict: SourceVerdict | undefined): verdict is Lost {
  return verdict === "fenced" || verdict === "rewound" || verdict === "unknown";
}

/** Ends the source with `FencedError`, `RewoundError` or `OutcomeUnknownError`. */
function ended(state: State, index: number, verdict: SourceVerdict | undefined): State {
  const process = state.processes[index]!;
  return isLost(verdict) && process.source !== undefined
    ? withProcess(state, index, { ...process, source: { ...process.source, ended: verdict } })
    : state;
}

/** Counts what was confirmed and is gone. The lane gets a new name. */
function forget(
  state: State,
  index: number,
  batch: Batch,
  reading: Reading,
  verdict: LaneVerdict | undefined,
): State {
  const process = state.processes[index]!;
  const lane = batch.lane === undefined ? undefined : process.lanes[batch.lane];
  if (verdict !== "forgotten" || lane === undefined || batch.lane === undefined) {
    return state;
  }
  const position = entryOf(reading, lane.source)?.position ?? 0;
  const gone = withTold(state, lane.confirmed.slice(position).flat(), "forgotten");
  const lanes = process.lanes.with(batch.lane, undefined);
  return withProcess(gone, index, { ...process, lanes });
}

/** What the ledger can never say. */
function impossible(
  state: State,
  index: number,
  reading: Reading,
  ofSource: SourceVerdict | undefined,
  ofLane: LaneVerdict | undefined,
): string | undefined {
  const { source } = state.processes[index]!;
  const isNews = source?.ended === undefined;
  const isOwnClaim = entryOf(reading, SOURCE)?.claim === source?.claim;
  if (state.violation !== undefined) {
    return state.violation;
  }
  if (ofSource === "between") {
    return "the ledger stands in the middle of a batch";
  }
  if (ofSource === "fenced" && isNews && isOwnClaim) {
    return "a source is told that it is fenced, and nobody else has claimed it";
  }
  const isRewound = (ofSource === "rewound" && isNews) || ofLane === "forgotten";
  if (isRewound && !state.mayHaveForgotten) {
    return "a source is told that it is rewound, and no server has forgotten anything";
  }
  if (ofLane === "another's") {
    return "a lane's source has the owner of another";
  }
  const isHalf = ofSource === "committed" && ofLane !== undefined && ofLane !== "committed";
  return isHalf ? "only the source's part of a batch is committed" : undefined;
}
