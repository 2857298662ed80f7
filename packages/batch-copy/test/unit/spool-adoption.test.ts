import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { newSegment } from "../../dist/spool/new-segment.js";
import { StoredStream } from "../../dist/spool/stored-stream.js";
import { StreamWriter } from "../../dist/spool/stream-writer.js";
import { DiskScene } from "../helpers/spool/simulated/disk-scene.js";

const ID = "01234567-89ab-4def-8123-456789abcdef";

const DIRECTORY = `/${ID}`;

/** Enough for everything that a power cut may do. */
const SEEDS = 40;

/** A segment with two rows; the next one, which ended it after the first row, was removed, but not durably. */
async function leaveRemovedSegment({ machine, disk, clock, run }: DiskScene): Promise<void> {
  machine.install(DIRECTORY);
  const writer = await run(
    StreamWriter.begin(disk, DIRECTORY, {
      id: ID,
      segmentBytes: 2 ** 20,
      maxBytes: 2 ** 30,
      otherBytes: () => 0,
      isShared: false,
      retainMs: 0,
      clock,
      onTrouble: ({ error }) => assert.fail(error),
      isOurs: () => true,
    }),
  );
  const form = writer.addForm({ table: 0, name: "t", columns: [] });
  const append = (firstRow: number): Promise<unknown> =>
    run(writer.append([{ form, firstRow, rows: 1, tuples: [Buffer.from("row")] }]));
  await append(0);
  const previous = { number: 1, end: writer.end.position };
  await append(1);
  const header = { version: 1, stream: ID, number: 2, createdAt: "", previous, forms: [] } as const;
  const { segment } = await run(newSegment(disk, DIRECTORY, header));
  await run(disk.remove(segment.path));
}

describe("an adopted stream", () => {
  it("has the rows that were read from it also after a power cut", async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const scene = new DiskScene(seed);
      const rows = async (): Promise<number | undefined> => {
        scene.kill();
        const stored = await scene.run(StoredStream.open(scene.disk, DIRECTORY, true));
        return (await scene.run(stored.scan())).get(0)?.endRow;
      };
      await leaveRemovedSegment(scene);
      assert.equal(await rows(), 2);
      scene.machine.losePower();
      assert.equal(await rows(), 2, `seed ${seed}`);
    }
  });
});
