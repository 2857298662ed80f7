import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { PUBLISHED, readCommand, type Command } from "../dist/command.js";

const read = (...args: string[]): Command => {
  const command = readCommand(args);
  assert.ok(command);
  return command;
};

describe("the command line of the benchmarks", () => {
  it("measures everything, where the README finds it, if nothing is said", () => {
    const { plan, out } = read();
    assert.deepEqual(plan.parts, [
      "throughput",
      "latency",
      "curves",
      "memory",
      "tables",
      "upsert",
      "ledger",
      "spool",
      "load",
      "guard",
    ]);
    assert.equal(out, PUBLISHED);
    assert.equal(plan.scale(1000), 1000);
  });

  it("publishes whole parts only", () => {
    assert.equal(read("--only", "curves,memory").out, PUBLISHED);
    for (const args of [["--quick"], ["--rows", "10"], ["--only", "metrics"], ["--rounds", "1"]]) {
      assert.notEqual(read(...args).out, PUBLISHED, args.join(" "));
    }
  });

  it("takes a workload or a contender for a part of the throughput, and adds the limit", () => {
    const { plan } = read("--only", "events,sendMany");
    assert.deepEqual(plan.parts, ["throughput"]);
    assert.deepEqual(
      plan.workloads.map(({ name }) => name),
      ["events"],
    );
    assert.deepEqual(
      plan.contenders.map(({ id }) => id),
      ["psql", "socket", "sendMany"],
    );
  });

  it("takes a curve for a part of the curves", () => {
    const { plan } = read("--only", "round-trip");
    assert.deepEqual(plan.parts, ["curves"]);
    assert.deepEqual(
      plan.curves.map(({ name }) => name),
      ["round-trip"],
    );
  });

  it("takes a contender of upserts for a part of them, and adds the one to compare with", () => {
    const { plan, out } = read("--only", "upsert-merge");
    assert.deepEqual(plan.parts, ["upsert"]);
    assert.deepEqual(
      plan.upserters.map(({ id }) => id),
      ["upsert-merge", "upsert-unnest"],
    );
    assert.notEqual(out, PUBLISHED);
  });

  it("takes a file for a part of the loaders", () => {
    const { plan, out } = read("--only", "load-wide");
    assert.deepEqual(plan.parts, ["load"]);
    assert.deepEqual(plan.loads, ["load-wide"]);
    assert.notEqual(out, PUBLISHED);
  });

  it("names a selection that does not exist", () => {
    assert.throws(() => read("--only", "metrics,sendmany"), /Unknown name in --only: "sendmany"/);
    assert.throws(() => read("--rows", "1e6"), /--rows must be a whole number .* got "1e6"/);
    assert.throws(() => read("--rounds", "0"), /--rounds must be a whole number/);
    assert.throws(() => read("--fast"), /--fast/);
  });

  it("leaves it to its caller to help", () => {
    assert.equal(readCommand(["--help"]), undefined);
  });
});
