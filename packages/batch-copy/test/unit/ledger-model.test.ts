import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { CONTROLS } from "../helpers/ledger-model/controls.js";
import { findCycle } from "../helpers/ledger-model/cycle.js";
import { PROTOCOL, type Protocol, type Scenario } from "../helpers/ledger-model/model.js";
import {
  DEEP_SCENARIOS,
  scenario,
  SCENARIOS,
  TWO_BATCHES,
} from "../helpers/ledger-model/scenarios.js";
import { search, type Counterexample, type Found } from "../helpers/ledger-model/search.js";

/** More than any of them has. */
const ALL_STATES = 500_000;

/** How many states of each deep scenario to search. */
const DEEP_STATES = Number(process.env["LEDGER_MODEL_STATES"] ?? 0);

function play(what: Scenario, protocol: Partial<Protocol> = {}, limit = ALL_STATES): Found {
  return search({ scenario: what, protocol: { ...PROTOCOL, ...protocol } }, limit);
}

function inWords({ what, trace }: Counterexample): string {
  return [`${what}:`, ...trace.map((step, index) => `${index + 1}. ${step}`)].join("\n");
}

function assertNothingFound({ counterexample }: Found): void {
  assert.ok(counterexample === undefined, counterexample && inWords(counterexample));
}

describe("the protocol of the ledger", () => {
  const seen = new Set<string>();

  for (const what of SCENARIOS) {
    it(`holds for ${what.name}`, (test) => {
      const found = play(what);
      found.seen.forEach((each) => seen.add(each));
      test.diagnostic(`${found.states} states`);
      assertNothingFound(found);
      assert.ok(found.isComplete, "the search was not complete");
    });
  }

  it("was seen in all that may happen", () => {
    const all =
      "committed, refused, forgotten, fenced, rewound, unknown, ready, sent, in doubt, " +
      "guard failed, refusal unproven";
    assert.deepEqual(
      all.split(", ").filter((each) => !seen.has(each)),
      [],
    );
  });

  for (const what of DEEP_SCENARIOS) {
    it(`holds for ${what.name}, as far as it is searched`, { skip: DEEP_STATES === 0 }, (test) => {
      const found = play(what, {}, DEEP_STATES);
      test.diagnostic(`${found.states} states${found.isComplete ? ", which are all" : ""}`);
      assertNothingFound(found);
    });
  }

  it("also holds if each read draws a new owner", () => {
    const what = scenario("cuts", TWO_BATCHES, { keys: [0, 0], faults: { cuts: 2 } });
    assertNothingFound(play(what, { reclaim: "at every read" }));
  });

  it("fails no guard for nothing if batches follow those that hold their locks", () => {
    const calm = scenario("no faults", TWO_BATCHES);
    const failsGuards = (chain: Protocol["chain"]): boolean =>
      play(calm, { chain }).seen.has("guard failed");
    assert.ok(!failsGuards("locks, known to be held"));
    assert.ok(failsGuards("locks"));
    assert.ok(failsGuards("none"));
  });

  for (const chain of ["none", "locks, known to be held"] as const) {
    it(`holds with another chain: ${chain}`, () => {
      const what = scenario("cuts", TWO_BATCHES, { faults: { cuts: 1, crashes: 1 } });
      assertNothingFound(play(what, { chain }));
    });
  }
});

describe("the search", () => {
  for (const { name, protocol, scenario: what, finds } of CONTROLS) {
    it(`finds what is wrong with ${name}`, (test) => {
      const { counterexample } = play(what, protocol);
      assert.ok(counterexample !== undefined, "it found nothing");
      test.diagnostic(inWords(counterexample));
      assert.match(counterexample.what, finds);
      // It is the control that is wrong, not the scenario.
      assertNothingFound(play(what));
    });
  }

  it("finds a run that never ends", () => {
    const edges = [[1], [2, 3], [], [4], [1]].map((next) => Int32Array.from(next));
    assert.deepEqual(findCycle(edges), [1, 3, 4, 1]);
    assert.equal(findCycle(edges.slice(0, 3).with(1, Int32Array.of(2))), undefined);
  });
});
