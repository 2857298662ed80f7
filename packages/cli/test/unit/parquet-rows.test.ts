import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ParquetRows } from "../../dist/load/parquet-rows.js";
import { openParquet } from "../../dist/read/parquet/parquet-file.js";
import { useFolder } from "../helpers/folder.js";
import { writeParquet } from "../helpers/load-kills/write-parquet.js";

const folder = useFolder();

describe("ParquetRows", () => {
  it("reads rows that are asked for at the same time, in any order", async () => {
    const groups = [0, 1000, 2000].map((first) =>
      Array.from({ length: 1000 }, (_, index) => first + index),
    );
    const column = { name: "n", type: "int64", valueOf: (row: number) => row } as const;
    const file = await openParquet(folder.write("n.parquet", writeParquet([column], groups)));
    try {
      const rows = new ParquetRows(file);
      const wanted = [0, 2999, 1, 1500, 999, 1000, 3];
      const lines = await Promise.all(wanted.map((row) => rows.jsonOf(row)));
      assert.deepEqual(
        lines.map((line) => Buffer.from(line).toString()),
        wanted.map((row) => `{"n":${row}}\n`),
      );
    } finally {
      await file.close();
    }
  });
});
