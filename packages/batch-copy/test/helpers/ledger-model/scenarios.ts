import type { Faults, Scenario } from "./model.js";

const NO_FAULTS: Faults = { cuts: 0, crashes: 0, failovers: 0, takeovers: 0 };

const NOTHING: Omit<Scenario, "name"> = {
  sourceBatches: [],
  plainBatches: [],
  processes: 1,
  connections: 1,
  keys: undefined,
  refused: [],
  parents: [],
  foreignKey: undefined,
  rejects: "onReject",
  isolation: "named",
  replication: "asynchronous",
  firstClaim: "replicated",
  faults: NO_FAULTS,
};

interface Part extends Omit<Partial<Scenario>, "faults"> {
  readonly faults?: Partial<Faults>;
}

/** Makes a scenario of its parts. What none of them names is not there. */
export function scenario(name: string, ...parts: readonly Part[]): Scenario {
  const { faults, ...what }: Part = Object.assign({}, ...parts);
  return { ...NOTHING, name, ...what, faults: { ...NO_FAULTS, ...faults } };
}

/** A named source with two batches, on two lanes, each row with a key of its own. */
export const TWO_BATCHES: Part = { sourceBatches: [1, 2], connections: 2, keys: [0, 1] };

/** A named source with one batch, which a second process may take over. */
export const TAKEN_OVER: Part = { sourceBatches: [1], processes: 2, keys: [0] };

/** A copier with two inserts, on one lane. */
export const TWO_INSERTS: Part = { plainBatches: [[0], [1]], keys: [0, 1] };

const LETTERS: Part = { rejects: "letters" };

/** What is searched completely each time. */
export const SCENARIOS: readonly Scenario[] = [
  scenario("a source, as connections are cut", TWO_BATCHES, { faults: { cuts: 2 } }),
  scenario("a source, as its process crashes", TWO_BATCHES, { faults: { cuts: 1, crashes: 1 } }),
  scenario("a source that another process takes over", TWO_BATCHES, {
    processes: 2,
    faults: { takeovers: 1 },
  }),
  scenario("a source that another process takes over, as a connection is cut", TAKEN_OVER, {
    sourceBatches: [1, 2],
    keys: [0, 1],
    faults: { cuts: 1, takeovers: 1 },
  }),
  scenario("a source of a table without keys", TWO_BATCHES, {
    keys: undefined,
    faults: { cuts: 1, crashes: 1 },
  }),
  scenario("a source and a standby that lags", TWO_BATCHES, LETTERS, {
    refused: [1],
    faults: { cuts: 1, failovers: 1 },
  }),
  scenario("a source whose claims a failover may lose", {
    sourceBatches: [1, 2],
    keys: [0, 1],
    firstClaim: "not replicated",
    faults: { cuts: 1, crashes: 1, failovers: 1 },
  }),
  scenario("a source whose new owner a failover may forget", TAKEN_OVER, {
    sourceBatches: [1, 2],
    keys: [0, 1],
    faults: { failovers: 1, takeovers: 1 },
  }),
  scenario("a source with a refused row, which is handed back", TWO_BATCHES, {
    sourceBatches: [2, 3],
    keys: [0, 1, 2],
    refused: [1],
    faults: { crashes: 1 },
  }),
  scenario("a source with a refused row, which gets a letter", TWO_BATCHES, LETTERS, {
    sourceBatches: [2, 3],
    keys: [0, 1, 2],
    refused: [1],
    faults: { cuts: 2 },
  }),
  scenario("a source with refused rows, which are found by splitting", LETTERS, {
    sourceBatches: [2, 3],
    keys: [0, 1, 2],
    refused: [0, 2],
    isolation: "split",
    faults: { cuts: 1, crashes: 1 },
  }),
  scenario("a source with a refused row, and two processes", TAKEN_OVER, LETTERS, {
    refused: [0],
    faults: { cuts: 1, failovers: 1, takeovers: 1 },
  }),
  scenario("a source with two rows of one key", TWO_BATCHES, {
    keys: [0, 0],
    faults: { cuts: 2 },
  }),
  scenario("a source with a row that needs one before it", TWO_BATCHES, {
    parents: [undefined, 0],
    faults: { cuts: 1, crashes: 1 },
  }),
  scenario("a source with a row that is refused for a time", TWO_BATCHES, {
    foreignKey: 0,
    faults: { cuts: 1 },
  }),
  scenario("a source whose commits wait for a standby", TWO_BATCHES, {
    replication: "synchronous",
    faults: { cuts: 2, failovers: 1 },
  }),
  scenario("inserts over two lanes", TWO_INSERTS, {
    plainBatches: [[0, 1], [2]],
    keys: [0, 1, 2],
    refused: [1],
    connections: 2,
    faults: { cuts: 2 },
  }),
  scenario("inserts with letters, which are found by splitting", TWO_INSERTS, LETTERS, {
    plainBatches: [[0, 1], [2]],
    keys: [0, 1, 2],
    refused: [1],
    isolation: "split",
    faults: { cuts: 2, crashes: 1 },
  }),
  scenario("inserts of one key over two lanes", TWO_INSERTS, {
    keys: [0, 0],
    connections: 2,
    faults: { cuts: 2 },
  }),
  scenario("inserts of rows that are refused for a time", TWO_INSERTS, {
    foreignKey: 0,
    connections: 2,
    faults: { cuts: 2 },
  }),
  scenario("inserts and a standby that lags", TWO_INSERTS, {
    connections: 2,
    faults: { cuts: 1, failovers: 1 },
  }),
  scenario("inserts whose commits wait for a standby", TWO_INSERTS, {
    replication: "synchronous",
    faults: { cuts: 2, failovers: 1 },
  }),
  scenario("a source and inserts in one batch", TAKEN_OVER, {
    plainBatches: [[1], [2]],
    keys: [0, 1, 2],
    refused: [1],
    faults: { cuts: 1, takeovers: 1 },
  }),
  scenario("a source and inserts in one batch, and a standby that lags", {
    sourceBatches: [1],
    plainBatches: [[1]],
    keys: [0, 1],
    faults: { cuts: 2, failovers: 1 },
  }),
];

/** What is searched as far as there is time. */
export const DEEP_SCENARIOS: readonly Scenario[] = [
  scenario("a source on two lanes that another process takes over", TWO_BATCHES, {
    processes: 2,
    faults: { cuts: 2, takeovers: 1 },
  }),
  scenario("two batches and a refused row, which is handed back", TWO_BATCHES, {
    sourceBatches: [2, 3],
    keys: [0, 1, 2],
    refused: [1],
    faults: { cuts: 2, crashes: 1 },
  }),
  scenario("three batches of a source with two processes", TWO_BATCHES, LETTERS, {
    sourceBatches: [1, 3, 4],
    keys: [0, 1, 2, 3],
    refused: [1],
    processes: 2,
    faults: { cuts: 2, crashes: 1, takeovers: 1 },
  }),
  scenario("a source with two processes and a standby that lags", TWO_BATCHES, {
    processes: 2,
    faults: { cuts: 2, crashes: 1, failovers: 1, takeovers: 2 },
  }),
  scenario("a source with a row that is refused for a time, and letters", TWO_BATCHES, LETTERS, {
    sourceBatches: [2, 3],
    keys: [0, 1, 2],
    foreignKey: 1,
    processes: 2,
    faults: { cuts: 2, takeovers: 1 },
  }),
  scenario("a source with two processes, whose commits wait for a standby", TWO_BATCHES, {
    processes: 2,
    replication: "synchronous",
    faults: { cuts: 2, crashes: 1, failovers: 1, takeovers: 1 },
  }),
  scenario("three inserts over two lanes, and a standby that lags", {
    plainBatches: [[0], [1], [2]],
    connections: 2,
    keys: [0, 1, 0],
    faults: { cuts: 2, failovers: 1 },
  }),
  scenario("a source and inserts in two batches, with two processes", TWO_BATCHES, {
    plainBatches: [[2], [3]],
    keys: [0, 1, 2, 3],
    processes: 2,
    faults: { cuts: 2, failovers: 1, takeovers: 1 },
  }),
];
