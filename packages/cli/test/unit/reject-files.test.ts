import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, it, type TestContext } from "node:test";

import { UsageError } from "../../dist/options/usage-error.js";
import { openRejectFiles, reasonsPath } from "../../dist/rejects/reject-files.js";
import { headerOfRejects, keptIn, recordOf, rejectOf } from "../helpers/reject-samples.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

type Appended = readonly [file: string, offset: number];

async function somewhere(test: TestContext): Promise<string> {
  return join(await temporaryFolder(test), "rejected.csv");
}

function append(path: string, records: readonly Appended[]): void {
  const rejects = openRejectFiles(path, true);
  for (const [file, offset] of records) {
    rejects.append(recordOf(offset), rejectOf(file, offset), headerOfRejects);
  }
  rejects.close();
}

function assertHas(path: string, records: readonly Appended[]): void {
  const { reasons, records: texts, text } = keptIn(path);
  assert.deepEqual(
    reasons.map(({ file, offset }) => [file, offset]),
    records.map(([file, offset]) => [resolve(file), offset]),
  );
  assert.deepEqual(
    texts,
    records.map(([, offset]) => recordOf(offset).toString()),
  );
  const lines = records.map(([, offset]) => recordOf(offset).toString());
  const joined = lines.map((line, index) => {
    return line.endsWith("\n") || index === lines.length - 1 ? line : `${line}\n`;
  });
  const expected = records.length === 0 ? "" : headerOfRejects + joined.join("");
  assert.equal(text, expected);
}

describe("openRejectFiles()", () => {
  it("keeps records unchanged below the header, and their reasons beside them", async (test) => {
    const path = await somewhere(test);
    append(path, [
      ["a.csv", 3],
      ["a.csv", 9],
      ["a.csv", 10],
    ]);
    assert.equal(readFileSync(path, "utf8"), 'id,text\r\n3,"é\n"\n9,"é\n"\n10,xxxxxxxxxx\n');
    const file = resolve("a.csv");
    assert.deepEqual(keptIn(path).reasons, [
      {
        file,
        line: 4,
        offset: 3,
        column: null,
        sqlstate: null,
        message: "no 3\n",
        at: 9,
        bytes: 8,
      },
      {
        file,
        line: 10,
        offset: 9,
        column: null,
        sqlstate: null,
        message: "no 9\n",
        at: 17,
        bytes: 7,
      },
      {
        file,
        line: 11,
        offset: 10,
        column: "id",
        sqlstate: "23505",
        message: "no 10\n",
        at: 25,
        bytes: 14,
      },
    ]);
  });

  it("keeps records without a header", async (test) => {
    const path = await somewhere(test);
    const rejects = openRejectFiles(path, false);
    rejects.append(Buffer.from("{}"), rejectOf("a.ndjson", 0), Buffer.alloc(0));
    rejects.append(Buffer.from("[]\r\n"), rejectOf("a.ndjson", 2), Buffer.alloc(0));
    rejects.close();
    assert.equal(readFileSync(path, "utf8"), "{}\n[]\r\n");
    assert.deepEqual(keptIn(path).records, ["{}", "[]\r\n"]);
  });

  it("keeps bytes that are no UTF-8, and names stdin by its name", async (test) => {
    const path = await somewhere(test);
    const rejects = openRejectFiles(path, false);
    rejects.append(Uint8Array.of(0xff, 0x00, 0x0a), rejectOf("stdin", 0), Buffer.alloc(0));
    rejects.close();
    assert.deepEqual([...readFileSync(path)], [0xff, 0x00, 0x0a]);
    assert.equal(keptIn(path).reasons[0]?.file, "stdin");
  });

  it("leaves no files if nothing was rejected", async (test) => {
    const path = await somewhere(test);
    const rejects = openRejectFiles(path, false);
    assert.ok(existsSync(path));
    rejects.close();
    rejects.close();
    assert.deepEqual(await readdir(join(path, "..")), []);
  });

  it("has written what was flushed", async (test) => {
    const path = await somewhere(test);
    const rejects = openRejectFiles(path, false);
    rejects.append(recordOf(1), rejectOf("a.csv", 1), headerOfRejects);
    rejects.flush();
    assertHas(path, [["a.csv", 1]]);
    rejects.append(recordOf(2), rejectOf("a.csv", 2), headerOfRejects);
    assertHas(path, [["a.csv", 1]]);
    rejects.close();
    assertHas(path, [
      ["a.csv", 1],
      ["a.csv", 2],
    ]);
  });

  it("refuses rejects of another load, if it does not go on", async (test) => {
    const path = await somewhere(test);
    append(path, [["a.csv", 1]]);
    assert.throws(
      () => openRejectFiles(path, false),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(
          error.message,
          /rejected\.csv has rejects of an earlier load\. Use --resume to go on/,
        );
        return true;
      },
    );
    assertHas(path, [["a.csv", 1]]);
  });

  it("refuses a directory", async (test) => {
    const path = await somewhere(test);
    mkdirSync(path);
    assert.throws(() => openRejectFiles(path, false), /rejected\.csv: it is a directory$/);
  });

  it("takes empty files", async (test) => {
    const path = await somewhere(test);
    writeFileSync(path, "");
    const rejects = openRejectFiles(path, false);
    rejects.append(recordOf(1), rejectOf("a.csv", 1), headerOfRejects);
    rejects.close();
    assertHas(path, [["a.csv", 1]]);
  });

  it("refuses files that are something else, and leaves them", async (test) => {
    const path = await somewhere(test);
    writeFileSync(path, "precious");
    assert.throws(
      () => openRejectFiles(path, true),
      /rejected\.csv is not a file of rejects: there is no /,
    );
    writeFileSync(reasonsPath(path), "also\n");
    assert.throws(
      () => openRejectFiles(path, true),
      /^UsageError: Line 1 of .*rejected\.csv\.reasons\.ndjson is not a reason/,
    );
    writeFileSync(reasonsPath(path), '{"a":1}\n');
    assert.throws(() => openRejectFiles(path, true), /^UsageError: Line 1 of /);
    assert.equal(readFileSync(path, "utf8"), "precious");
  });

  it("refuses rejects that were corrected in their place", async (test) => {
    const path = await somewhere(test);
    append(path, [
      ["a.csv", 1],
      ["a.csv", 2],
    ]);
    truncateSync(path, 12);
    assert.throws(
      () => openRejectFiles(path, true),
      /^UsageError: .*rejected\.csv is not what .* says/,
    );
    assert.equal(readFileSync(path).length, 12);
  });

  it("refuses a folder that is not there", async (test) => {
    const path = join(await temporaryFolder(test), "no", "rejected.csv");
    assert.throws(
      () => openRejectFiles(path, false),
      /^UsageError: Cannot write to --rejects .*ENOENT/,
    );
  });
});

describe("cutTo()", () => {
  const mixed: Appended[] = [
    ["a.csv", 9],
    ["b.csv", 5],
    ["a.csv", 3],
    ["b.csv", 19],
    ["a.csv", 12],
    ["a.csv", 4],
    ["b.csv", 6],
  ];
  const cases: [file: string, offset: number, kept: number[]][] = [
    ["a.csv", 0, [1, 3, 6]],
    ["a.csv", 4, [1, 2, 3, 6]],
    ["a.csv", 9, [1, 2, 3, 5, 6]],
    ["a.csv", 10, [0, 1, 2, 3, 5, 6]],
    ["a.csv", 13, [0, 1, 2, 3, 4, 5, 6]],
    ["b.csv", 0, [0, 2, 4, 5]],
    ["./b.csv", 6, [0, 1, 2, 4, 5]],
    ["c.csv", 0, [0, 1, 2, 3, 4, 5, 6]],
  ];
  for (const [file, offset, kept] of cases) {
    it(`removes what is at ${offset} of ${file} and behind, in any order`, async (test) => {
      const path = await somewhere(test);
      append(path, mixed);
      const rejects = openRejectFiles(path, true);
      rejects.cutTo(file, offset);
      const left = kept.map((index) => mixed[index]!);
      assertHas(path, left);
      rejects.append(recordOf(40), rejectOf("a.csv", 40), headerOfRejects);
      rejects.close();
      assertHas(path, [...left, ["a.csv", 40]]);
      assert.equal((await readdir(join(path, ".."))).length, 2);
    });
  }

  for (const kept of [[], [1], [1, 9]]) {
    it(`takes the files away from a load that has kept ${kept.length} and keeps more too late`, async (test) => {
      const path = await somewhere(test);
      const late = openRejectFiles(path, false);
      kept.forEach((offset) =>
        late.append(recordOf(offset), rejectOf("a.csv", offset), headerOfRejects),
      );
      late.flush();
      const rejects = openRejectFiles(path, true);
      rejects.cutTo("a.csv", 5);
      late.append(recordOf(20), rejectOf("a.csv", 20), headerOfRejects);
      late.close();
      rejects.append(recordOf(30), rejectOf("a.csv", 30), headerOfRejects);
      rejects.close();
      const left = kept.filter((offset) => offset < 5);
      assertHas(
        path,
        [...left, 30].map((offset) => ["a.csv", offset]),
      );
    });
  }

  it("leaves the files to the load that has taken them, if nothing was kept", async (test) => {
    const path = await somewhere(test);
    const late = openRejectFiles(path, false);
    const rejects = openRejectFiles(path, true);
    rejects.cutTo("a.csv", 0);
    late.close();
    rejects.append(recordOf(3), rejectOf("a.csv", 3), headerOfRejects);
    rejects.close();
    assertHas(path, [["a.csv", 3]]);
  });

  it("removes everything, and begins with the header again", async (test) => {
    const path = await somewhere(test);
    append(path, [
      ["a.csv", 1],
      ["a.csv", 2],
    ]);
    const rejects = openRejectFiles(path, true);
    rejects.cutTo("a.csv", 0);
    rejects.append(recordOf(3), rejectOf("a.csv", 3), headerOfRejects);
    rejects.close();
    assertHas(path, [["a.csv", 3]]);
  });

  it("cuts more than fits into its memory", async (test) => {
    const path = await somewhere(test);
    const many: Appended[] = Array.from({ length: 20_000 }, (_, index) => ["a.csv", index]);
    append(path, many);
    const rejects = openRejectFiles(path, true);
    rejects.cutTo("a.csv", 15_000);
    rejects.close();
    assertHas(path, many.slice(0, 15_000));
  });
});

describe("openRejectFiles() after a kill", () => {
  const whole: Appended[] = [
    ["a.csv", 1],
    ["a.csv", 2],
  ];
  const leftovers: [name: string, leave: (path: string) => void][] = [
    ["records without reasons", (path) => appendFileSync(path, "3,xx\n4,x")],
    ["a part of a reason", (path) => appendFileSync(reasonsPath(path), '{"file":"a.csv","at":20')],
    ["a reason without the end of its line", (path) => appendFileSync(reasonsPath(path), "{}")],
    ["new reasons that are incomplete", (path) => writeFileSync(`${reasonsPath(path)}.cut`, "{")],
    ["new records that are incomplete", (path) => writeFileSync(`${path}.cut.partial`, "id")],
  ];
  for (const [name, leave] of leftovers) {
    it(`removes ${name}`, async (test) => {
      const path = await somewhere(test);
      append(path, whole);
      leave(path);
      const rejects = openRejectFiles(path, true);
      assertHas(path, whole);
      rejects.append(recordOf(8), rejectOf("a.csv", 8), headerOfRejects);
      rejects.close();
      assertHas(path, [...whole, ["a.csv", 8]]);
      assert.equal((await readdir(join(path, ".."))).length, 2);
    });
  }

  it("removes the header and records if there is no reason at all", async (test) => {
    const path = await somewhere(test);
    writeFileSync(path, "id,text\r\n1,x\n");
    writeFileSync(reasonsPath(path), "");
    append(path, whole);
    assertHas(path, whole);
  });

  for (const step of [1, 2]) {
    it(`ends a cut after ${step} of its 3 renames`, async (test) => {
      const path = await somewhere(test);
      const cut = await somewhere(test);
      append(path, [...whole, ["a.csv", 3]]);
      append(cut, whole);
      renameSync(cut, `${path}.cut`);
      renameSync(reasonsPath(cut), step === 1 ? `${reasonsPath(path)}.cut` : reasonsPath(path));
      openRejectFiles(path, true).close();
      assertHas(path, whole);
      assert.equal((await readdir(join(path, ".."))).length, 2);
    });
  }

  it("has all that was flushed and not cut, whenever it is killed", async (test) => {
    const path = await somewhere(test);
    const program = join(import.meta.dirname, "..", "helpers", "rejecting-program.js");
    let from = 0;
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, [program, path, String(from)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let flushed = from;
      child.stdout.on("data", (text: Buffer) => {
        flushed = Math.max(flushed, ...text.toString().split("\n").map(Number));
      });
      await once(child.stdout, "data");
      setTimeout(() => child.kill("SIGKILL"), (round * 7) % 40);
      await once(child, "close");
      openRejectFiles(path, true).close();
      const count = keptIn(path).reasons.length;
      // The last line that it printed may be cut, or be followed by at most one more flush.
      assert.ok(count >= flushed - 6 && count <= flushed + 14, `${count} of ${flushed}`);
      assertHas(
        path,
        Array.from({ length: count }, (_, offset) => ["a.csv", offset]),
      );
      from = Math.max(0, count - (round % 9));
    }
  });
});
