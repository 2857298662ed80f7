import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { DiskFile } from "../../dist/spool/disk.js";
import type { DiskFaults } from "../helpers/spool/simulated/disk-faults.js";
import { DiskScene } from "../helpers/spool/simulated/disk-scene.js";

/** Enough for everything that may happen. */
const SEEDS = 300;

/** What is in a file after a power cut, in all ways in which that may end, as text. */
async function endings(
  act: (file: DiskFile, what: DiskScene) => Promise<unknown>,
  { faults, isProcess = false }: { faults?: Partial<DiskFaults>; isProcess?: boolean } = {},
): Promise<string[]> {
  const seen = new Set<string>();
  for (let seed = 0; seed < SEEDS; seed++) {
    const what = new DiskScene(seed, faults);
    const file = await what.run(what.disk.create("/f"));
    await what.run(what.disk.syncDirectory("/"));
    await act(file, what);
    what.kill();
    if (!isProcess) {
      what.machine.losePower();
    }
    const left = what.machine.file("/f", "read");
    const bytes = Buffer.alloc(left.size);
    left.read(bytes, 0);
    seen.add(summary(bytes));
  }
  return [...seen].toSorted();
}

/** The bytes of each sector and how many: "a512 b3". */
function summary(bytes: Buffer): string {
  const runs =
    bytes
      .toString("latin1")
      .replaceAll("\0", "0")
      .match(/(.)\1*/g) ?? [];
  return runs.map((run) => `${run[0]}${run.length}`).join(" ");
}

const filled = (letter: string, count: number): Buffer => Buffer.alloc(count, letter);

describe("the simulated disk", () => {
  it("keeps what was synced", async () => {
    const write = (file: DiskFile, { run }: DiskScene): Promise<number> =>
      run(file.writeDurably([filled("a", 500), filled("a", 500)], 0));
    assert.deepEqual(await endings(write), ["a1000"]);
  });

  it("keeps, drops, zeroes or reorders sectors that were not synced, and sizes", async () => {
    const write = async (_: DiskFile, { machine }: DiskScene): Promise<void> => {
      machine.file("/f", "write").write(filled("a", 1024), 0);
    };
    assert.deepEqual(await endings(write), ["", "01024", "0512 a512", "a1024", "a512 0512"]);
  });

  it("may bring back what was cut and not synced", async () => {
    const cut = async (file: DiskFile, { run }: DiskScene): Promise<void> => {
      await run(file.writeDurably([filled("a", 600)], 0));
      void file.truncateDurably(10);
    };
    const seen = await endings(cut);
    assert.ok(seen.includes("a600") && seen.includes("a10"), seen.join(", "));
  });

  it("loses what a sync has failed for, though the next sync says nothing", async () => {
    const write = async (file: DiskFile, { run, machine }: DiskScene): Promise<void> => {
      await assert.rejects(run(file.writeDurably([filled("a", 10)], 0)), { syscall: "fdatasync" });
      machine.calm();
      await run(file.sync());
    };
    const seen = await endings(write, { faults: { failedSyncs: 100 } });
    assert.ok(seen.includes("010") && seen.includes("a10"), seen.join(", "));
    const inCache = await endings(write, { faults: { failedSyncs: 100 }, isProcess: true });
    assert.deepEqual(inCache, ["010", "a10"]);
  });

  it("keeps what a killed process has written, and a part of what it was writing", async () => {
    const write = async (file: DiskFile, { run }: DiskScene): Promise<void> => {
      await run(file.writeDurably([filled("a", 3)], 0));
      void file.writeDurably([filled("b", 2)], 3);
    };
    assert.deepEqual(await endings(write, { isProcess: true }), ["a3", "a3 b1", "a3 b2"]);
  });

  it("writes less than asked for when it is full, without an error", async () => {
    const { machine, disk, run } = new DiskScene(1);
    const file = await run(disk.create("/f"));
    machine.capacity = 5;
    assert.equal(await run(file.writeDurably([filled("a", 9)], 0)), 5);
    await assert.rejects(run(file.writeDurably([filled("a", 9)], 5)), { code: "ENOSPC" });
  });

  it("forgets names that were not synced, and those that were removed come back", async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const { machine, disk, run } = new DiskScene(seed);
      await run(disk.create("/old"));
      await run(disk.syncDirectory("/"));
      await run(disk.create("/new"));
      await run(disk.remove("/old"));
      machine.losePower();
      seen.add(machine.directory("/", "scandir").names.join(" "));
    }
    assert.deepEqual([...seen].toSorted(), ["", "new", "old", "old new"]);
  });
});
