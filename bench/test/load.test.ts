import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { FileFolder } from "../dist/files/file-folder.js";
import type { FileLoad } from "../dist/files/file-load.js";
import { sharedFiles } from "../dist/files/registry.js";
import { dirtySpotPricesFile, spotPricesFile } from "../dist/files/spot-prices.js";
import { batchCopy } from "../dist/loaders/batch-copy.js";
import { loadersOf } from "../dist/loaders/registry.js";
import { measureDirty } from "../dist/parts/load-dirty.js";
import { measureFile } from "../dist/parts/load-file.js";
import { loadPictures, loadRatios, loadSection } from "../dist/report/load-section.js";
import { Bench } from "../dist/run/bench.js";
import { Progress } from "../dist/run/progress.js";
import { runPrograms } from "../dist/run/run-programs.js";
import { findTools } from "../dist/run/tools.js";
import { SCHEMA } from "../dist/workloads/workload.js";
import { useOwnDatabase } from "./own-database.js";

const RECORDS = 90;
const PARTS = 4;
/** More take the same way as two. */
const MOST_CONNECTIONS = 2;

const rounds = { rounds: 1, progress: new Progress(1) };

useOwnDatabase();

describe("the benchmark of loaders", () => {
  let bench: Bench;
  before(async () => {
    const { signal } = new AbortController();
    bench = await Bench.open({ tools: findTools(), nodeFlags: [], signal });
  });
  after(() => bench.close());

  for (const load of sharedFiles) {
    const loaders = loadersOf(load.format);
    for (const loader of loaders.filter(({ connections }) => connections <= MOST_CONNECTIONS)) {
      it(`finds the rows of ${load.name} in the table after ${loader.id}`, async (context) => {
        const loaded = { load, records: RECORDS, loaders: [loader] };
        const { figures, bytes } = await measureFile(bench, loaded, rounds);
        const { failure, samples } = figures[0]!;
        if (failure?.startsWith("there is no") || failure?.endsWith("no module duckdb")) {
          context.skip(failure);
          return;
        }
        assert.equal(failure, undefined);
        assert.equal(samples[0]?.rows, RECORDS);
        assert.ok(samples[0].cpuMicros >= 0 && bytes > 0);
      });
    }
  }

  it("finds the wrong lines in the file of rejects, and all others in the table", async () => {
    const figures = await measureDirty(bench, RECORDS, rounds);
    assert.deepEqual(
      figures.map(({ failure, samples }) => [failure, samples.length]),
      [
        [undefined, 1],
        [undefined, 1],
      ],
    );
  });

  it("knows the totals of a whole file from those of one cycle", async () => {
    const records = 2 * spotPricesFile.cycle!;
    const loader = batchCopy(1);
    const notRepeated: FileLoad = { ...spotPricesFile, cycle: records };
    for (const load of [spotPricesFile, notRepeated]) {
      const loaded = { load, records, loaders: [loader] };
      const { figures } = await measureFile(bench, loaded, rounds);
      assert.equal(figures[0]?.failure, undefined);
    }
  });

  it("has no figure for a loader that lost a row", async () => {
    const { name } = spotPricesFile.workload.table;
    const loaded = { load: spotPricesFile, records: RECORDS, loaders: [batchCopy(1)] };
    await measureFile(bench, loaded, rounds);
    await bench.database.client.query(
      `CREATE FUNCTION ${SCHEMA}.lose() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF new.az LIKE '%a' THEN RETURN NULL; END IF; RETURN new; END $$;
       CREATE TRIGGER lose BEFORE INSERT ON ${SCHEMA}.${name}
         FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.lose()`,
    );
    const { figures } = await measureFile(bench, loaded, rounds);
    await bench.database.client.query(`DROP FUNCTION ${SCHEMA}.lose CASCADE`);
    assert.match(figures[0]?.failure ?? "", /has \d+ rows instead of 90/);
    assert.deepEqual(figures[0]?.samples, []);
  });
});

describe("the report of the benchmark of loaders", () => {
  it("says what is missing, and shows what is there", async () => {
    const tools = { psql: undefined, python: undefined, modules: {}, load: {} };
    const { signal } = new AbortController();
    const bench = await Bench.open({ tools, nodeFlags: [], signal });
    const loaders = loadersOf("csv").filter(({ connections }) => connections === 1);
    const loaded = { load: spotPricesFile, records: RECORDS, loaders };
    const figures = { files: [await measureFile(bench, loaded, rounds)], dirty: [], memory: [] };
    await bench.close();
    const section = loadSection(figures);
    assert.match(section, /- psql \\copy, 1 connection: there is no psql/);
    assert.match(section, /- pgloader, 1 connection: there is no pgloader/);
    assert.match(loadRatios(figures), /\*\*batch-copy load, 1 connection\*\*/);
    assert.match(loadPictures(figures)["load-spotprices.svg"] ?? "", /batch-copy load/);
  });
});

describe("the files of the benchmark of loaders", () => {
  it("are the same lines, whole or in parts", async () => {
    for (const load of [...sharedFiles, dirtySpotPricesFile]) {
      if (load.format === "parquet") continue;
      const folder = await FileFolder.create(load, undefined);
      const textOf = async (parts: number): Promise<string> => {
        const files = await folder.files(RECORDS, parts);
        return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("");
      };
      const whole = await textOf(1);
      assert.equal(whole.split("\n").length - 1, RECORDS);
      assert.equal(await textOf(PARTS), whole, load.name);
      await folder.remove();
    }
  });

  it("are the real file of the original after a cycle", async () => {
    const folder = await FileFolder.create(spotPricesFile, undefined);
    const [file] = await folder.files(spotPricesFile.cycle!, 1);
    const original = join(import.meta.dirname, "..", "data", "spotprices.csv");
    assert.deepEqual(await readFile(file!), await readFile(original));
    await folder.remove();
  });

  it("have one wrong line in ten, for the reader and the encoder in turn", () => {
    const wrong = [9, 19].map((n) => dirtySpotPricesFile.line(n).split(","));
    assert.deepEqual(
      wrong.map((fields) => fields.length),
      [4, 5],
    );
    assert.match(wrong[1]?.[4] ?? "", /^USD 0\.\d+\n$/);
    assert.equal(dirtySpotPricesFile.line(10), spotPricesFile.line(9));
    assert.equal(dirtySpotPricesFile.rejected?.(RECORDS), RECORDS / 10);
  });
});

describe("programs that are run", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "batch-copy-programs-"));
  });
  after(() => rm(folder, { recursive: true }));

  const run = (script: string, time: string | undefined, signal = new AbortController().signal) =>
    runPrograms([{ command: "bash", args: ["-c", script] }], { time, folder, signal });

  for (const time of [findTools().load.time?.command, undefined]) {
    it(`tell their CPU time to ${time ?? "bash"}`, async () => {
      const usage = await run("for ((i = 0; i < 200000; i++)); do :; done", time);
      assert.ok(usage.cpuMicros > 20_000, `${usage.cpuMicros} µs`);
      assert.ok(usage.seconds * 1e6 > usage.cpuMicros * 0.5);
      assert.equal(usage.peakRss === undefined, time === undefined);
    });

    it(`fail with what they have printed last, under ${time ?? "bash"}`, async () => {
      const failing = run("echo first >&2; echo 'no such table' >&2; exit 3", time);
      await assert.rejects(failing, /^Error: no such table \(exit code 3\)$/);
    });
  }

  it("read a file from stdin", async () => {
    const input = join(folder, "input");
    await writeFile(input, "7");
    const { signal } = new AbortController();
    const program = { command: "bash", args: ["-c", 'exit "$(cat)"'], input, exitCode: 7 };
    await runPrograms([program], { time: undefined, folder, signal });
  });

  it("end when the bench is interrupted", async () => {
    const interrupt = new AbortController();
    const startedAt = performance.now();
    const running = run("sleep 30", undefined, interrupt.signal);
    setTimeout(() => interrupt.abort(), 100);
    await assert.rejects(running, { name: "AbortError" });
    assert.ok(performance.now() - startedAt < 10_000);
  });
});
