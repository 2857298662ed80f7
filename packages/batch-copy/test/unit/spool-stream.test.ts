import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FrameReader } from "../../dist/spool/frame-reader.js";
import { formOf, readRows, rowsOf, SpoolScene, STREAM } from "../helpers/spool/scene.js";

describe("a stream of the spool", () => {
  it("gives back the rows of each table, while it is written and afterwards", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    const [first, second] = [writer.addForm(formOf(0)), writer.addForm(formOf(1))];
    await writer.append([rowsOf(first, 0, "a", "b"), rowsOf(second, 0, "x")]);
    await writer.append([rowsOf(second, 1, "y"), rowsOf(first, 2, "c")]);
    assert.deepEqual(await readRows(writer.files, 0), ["0:a", "1:b", "2:c"]);
    assert.deepEqual(await readRows(writer.files, 1), ["0:x", "1:y"]);
    await writer.close();

    const stored = await scene.adopt();
    assert.equal(stored.id, STREAM);
    const extents = await stored.scan();
    assert.deepEqual(Object.fromEntries(extents), {
      0: { forms: [formOf(0)], firstRow: 0, endRow: 3, rows: 3 },
      1: { forms: [formOf(1)], firstRow: 0, endRow: 2, rows: 2 },
    });
    assert.deepEqual(await readRows(stored.files, 0), ["0:a", "1:b", "2:c"]);
    assert.deepEqual(await readRows(stored.files, 1), ["0:x", "1:y"]);
    assert.deepEqual(scene.troubles, []);
  });

  it("is read on where a reader has come to its end before", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 1 });
    const form = writer.addForm(formOf(0));
    const reader = new FrameReader(writer.files, 0, writer.end);
    assert.equal(await reader.next(), undefined);
    for (let row = 0; row < 5; row++) {
      const [cursor] = await writer.append([rowsOf(form, row, "text")]);
      const rows = await reader.next();
      assert.deepEqual([rows?.firstRow, rows?.tuples.toString()], [row, "text\n"]);
      assert.equal(rows?.after.segment, cursor?.segment);
      assert.deepEqual(rows?.after, writer.end);
      assert.equal(await reader.next(), undefined);
    }
    assert.equal(writer.segments.length, 5);
    await reader.close();
    await writer.close();
  });
});
