import type { Protocol, Scenario } from "./model.js";
import { scenario, TAKEN_OVER, TWO_BATCHES, TWO_INSERTS } from "./scenarios.js";

/** The protocol with one thing left out or done otherwise, and what then goes wrong. */
export interface Control {
  readonly name: string;
  readonly protocol: Partial<Protocol>;
  readonly scenario: Scenario;
  readonly finds: RegExp;
}

const FALSELY_REFUSED = /was reported refused, and is in the table/;

const FALSELY_REWOUND = /is told that it is rewound, and no server has forgotten anything/;

/** Each of these is a mistake that the search must find. */
export const CONTROLS: readonly Control[] = [
  {
    name: "a counter instead of a random owner",
    protocol: { owner: "counter" },
    scenario: scenario("two claims, of which a failover forgets one", TAKEN_OVER, {
      faults: { crashes: 1, failovers: 1, takeovers: 2 },
    }),
    finds: /an owner commits after another one's claim/,
  },
  {
    name: "a plain SELECT, which does not wait for the old transaction",
    protocol: { read: "plain" },
    scenario: scenario("a transaction that commits late", TWO_INSERTS, { faults: { cuts: 1 } }),
    finds: FALSELY_REFUSED,
  },
  {
    name: "a plain SELECT, which does not wait for the standby",
    protocol: { read: "plain" },
    scenario: scenario("a standby that is promoted", TWO_BATCHES, {
      replication: "synchronous",
      faults: { cuts: 1, failovers: 1 },
    }),
    finds: /was told a position that is not committed/,
  },
  {
    name: "a refusal that is believed though an earlier attempt is in doubt",
    protocol: { resolve: "never" },
    scenario: scenario("a commit that nobody hears of", TWO_INSERTS, { faults: { cuts: 1 } }),
    finds: FALSELY_REFUSED,
  },
  {
    name: "a refusal that is believed though the source may be fenced",
    protocol: { proveRefusals: "never" },
    scenario: scenario("a takeover", TAKEN_OVER, { faults: { takeovers: 1 } }),
    finds: FALSELY_REFUSED,
  },
  {
    name: "a refusal that is proven by another server than the one that refused",
    protocol: { proveOver: "any connection" },
    scenario: scenario("a takeover that a failover forgets", TAKEN_OVER, {
      faults: { failovers: 1, takeovers: 1 },
    }),
    finds: /was refused for no reason of its own/,
  },
  {
    name: "a refusal that is believed before its turn",
    protocol: { believe: "at once" },
    scenario: scenario("a row that needs one of the batch before", TWO_BATCHES, {
      parents: [undefined, 0],
    }),
    finds: /was reported refused, and is in the table|was refused for no reason of its own/,
  },
  {
    name: "no guard",
    protocol: { guard: false },
    scenario: scenario("a table without keys", { sourceBatches: [1], faults: { cuts: 1 } }),
    finds: /is 2 times in the table/,
  },
  {
    name: "an owner that stays when a doubt is resolved",
    protocol: { reclaim: "never" },
    scenario: scenario("a transaction that commits late", TWO_INSERTS, { faults: { cuts: 1 } }),
    finds: FALSELY_REFUSED,
  },
  {
    name: "an owner that stays when a doubt is resolved, though each refusal is proven",
    protocol: { reclaim: "never", proveRefusals: "of all" },
    scenario: scenario("a row that is refused for a time", TWO_INSERTS, {
      foreignKey: 0,
      faults: { cuts: 1 },
    }),
    finds: FALSELY_REFUSED,
  },
  {
    name: "an owner that stays when a source's doubt is resolved, though each refusal is proven",
    protocol: { reclaim: "never", proveRefusals: "of all" },
    scenario: scenario("a row that is refused for a time", TWO_BATCHES, {
      foreignKey: 0,
      faults: { cuts: 1 },
    }),
    finds: FALSELY_REFUSED,
  },
  {
    name: "a position that is compared with what was committed after it was read",
    protocol: { rewound: "since it is heard" },
    scenario: scenario("no faults", TWO_BATCHES),
    finds: FALSELY_REWOUND,
  },
  {
    name: "a position that is compared so, though each read draws a new owner",
    protocol: { rewound: "since it is heard", reclaim: "at every read" },
    scenario: scenario("no faults", TWO_BATCHES),
    finds: FALSELY_REWOUND,
  },
  {
    name: "former owners that are taken for another's",
    protocol: { formerOwners: "another's" },
    scenario: scenario("a standby that lags", TWO_BATCHES, { faults: { cuts: 1, failovers: 1 } }),
    finds: /is told that it is fenced, and nobody else has claimed it/,
  },
  {
    name: "a CopyDone that the client holds back, where the server sees no deadlock",
    protocol: { chain: "CopyDone" },
    scenario: scenario("two rows of one key", TWO_BATCHES, { keys: [0, 0] }),
    finds: /nothing goes on, and the source stands at 0 of 2/,
  },
  {
    name: "a batch that is sent again before its turn",
    protocol: { sendAgain: "at once" },
    scenario: scenario("no faults", TWO_BATCHES),
    finds: /a run goes round in a circle/,
  },
  {
    name: "a position that passes a refused row before onReject is called",
    protocol: { settleRefused: "after passing" },
    scenario: scenario("a refused row", TWO_BATCHES, { refused: [0] }),
    finds: /the position has passed row 0, which is lost/,
  },
  {
    name: "a position that passes a refused row before its letter is committed",
    protocol: { settleRefused: "after passing" },
    scenario: scenario("a refused row", TWO_BATCHES, { refused: [0], rejects: "letters" }),
    finds: /the position has passed row 0, which is lost/,
  },
];
