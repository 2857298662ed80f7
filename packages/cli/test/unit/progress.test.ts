import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, it } from "node:test";

import type { LoadProgress, LoadSummary } from "../../dist/load/load-output.js";
import {
  bytesText,
  clockText,
  countText,
  durationText,
  harmless,
  shortCount,
} from "../../dist/progress/human-text.js";
import { JsonOutput } from "../../dist/progress/json-output.js";
import { progressBar, progressText } from "../../dist/progress/progress-text.js";
import { SpeedMeter } from "../../dist/progress/speed-meter.js";
import { summaryLines, troubleLines } from "../../dist/progress/summary-text.js";
import { TextOutput } from "../../dist/progress/text-output.js";
import { skipWithout } from "../helpers/has-command.js";
import { progressSample, summarySample } from "../helpers/report-samples.js";

describe("numbers are written for people", () => {
  const cases: [actual: string, expected: string][] = [
    [countText(0), "0"],
    [countText(1_234_567.6), "1,234,568"],
    [shortCount(999), "999"],
    [shortCount(999.6), "1.00k"],
    [shortCount(12_345), "12.3k"],
    [shortCount(999_499), "999k"],
    [shortCount(999_500), "1.00M"],
    [bytesText(0), "0 bytes"],
    [bytesText(1500), "1.50 kB"],
    [bytesText(123_456_789), "123 MB"],
    [bytesText(5e15), "5000 TB"],
    [durationText(0), "0 s"],
    [durationText(0.1234), "0.12 s"],
    [durationText(9.96), "10 s"],
    [durationText(59.4), "59 s"],
    [durationText(59.6), "1 min 00 s"],
    [durationText(185), "3 min 05 s"],
    [durationText(3599.9), "1 h 00 min"],
    [durationText(7380), "2 h 03 min"],
    [clockText(5), "0:05"],
    [clockText(65), "1:05"],
    [clockText(7389), "2:03:09"],
  ];
  for (const [actual, expected] of cases) {
    it(expected, () => assert.equal(actual, expected));
  }

  it("and texts of others do nothing to a terminal", () => {
    const expected = String.raw`a\u001b[2Jb c\u0007\u009bd é`;
    assert.equal(harmless("a\u001B[2Jb\nc\u0007\u009Bd é"), expected);
  });
});

describe("SpeedMeter", () => {
  it("measures over the last five seconds", () => {
    const meter = new SpeedMeter();
    assert.equal(meter.speed, undefined);
    for (let seconds = 0; seconds <= 20; seconds++) {
      meter.add({ seconds, rows: seconds <= 10 ? seconds * 100 : 1000, bytes: seconds * 8 });
    }
    assert.deepEqual(meter.speed, { rows: 0, bytes: 8 });
  });

  it("knows no speed before some time has passed", () => {
    const meter = new SpeedMeter();
    meter.add({ seconds: 0, rows: 0, bytes: 0 });
    meter.add({ seconds: 0.1, rows: 1000, bytes: 1000 });
    assert.equal(meter.speed, undefined);
    meter.add({ seconds: 0.5, rows: 2000, bytes: 1000 });
    assert.deepEqual(meter.speed, { rows: 4000, bytes: 2000 });
  });
});

const speed = { rows: 410_000, bytes: 1_000_000 };
const withRejects: LoadProgress = { ...progressSample, rejects: 3, fileNumber: 2, files: 5 };
const ofPipe: LoadProgress = { ...progressSample, bytesTotal: undefined };

describe("progressBar()", () => {
  const cases: [progress: LoadProgress, width: number, line: string][] = [
    [
      progressSample,
      120,
      "[==========>             ]   45%  45.0 MB  500k rows  410k/s  0:55 left",
    ],
    [progressSample, 60, "[=====>       ]   45%  45.0 MB  500k rows  410k/s  0:55 left"],
    [progressSample, 50, " 45%  45.0 MB  500k rows  410k/s  0:55 left"],
    [progressSample, 40, " 45%  500k rows  410k/s  0:55 left"],
    [progressSample, 32, " 45%  500k rows  410k/s"],
    [progressSample, 15, " 45%  500k rows"],
    [progressSample, 9, " 45%  500"],
    [
      withRejects,
      120,
      "[==========>             ]  file 2/5   45%  45.0 MB  500k rows  410k/s  3 rejected  0:55 left",
    ],
    [withRejects, 55, " 45%  500k rows  410k/s  3 rejected  0:55 left"],
    [ofPipe, 120, "45.0 MB  500k rows  410k/s"],
    [
      { ...progressSample, bytesRead: 100_000_000 },
      70,
      "[========================]  100%  100 MB  500k rows  410k/s  0:00 left",
    ],
    [{ ...progressSample, bytesRead: 101_000_000 }, 20, "100%  500k rows"],
    [
      { ...progressSample, bytesRead: 0, bytesTotal: 0 },
      40,
      "0 bytes  500k rows  410k/s  0:00 left",
    ],
  ];
  for (const [progress, width, line] of cases) {
    it(`fits ${width} columns: ${line}`, () => {
      assert.equal(progressBar(progress, speed, width), line);
      assert.ok(line.length <= width);
    });
  }

  it("never exceeds its width", () => {
    for (let width = 1; width < 140; width++) {
      assert.ok(progressBar({ ...withRejects, rows: 123_456_789 }, speed, width).length <= width);
    }
  });
});

describe("progressText()", () => {
  const cases: [progress: LoadProgress, line: string][] = [
    [
      progressSample,
      "prices.csv: 45% (45.0 MB of 100 MB), 500,000 rows, 410,000 rows/s, 55 s left",
    ],
    [
      withRejects,
      "prices.csv (file 2/5): 45% (45.0 MB of 100 MB), 500,000 rows, 410,000 rows/s, 3 rejected, 55 s left",
    ],
    [
      { ...ofPipe, file: "a\u001B.csv" },
      String.raw`a\u001b.csv: 45.0 MB, 500,000 rows, 410,000 rows/s`,
    ],
  ];
  for (const [progress, line] of cases) {
    it(line, () => assert.equal(progressText(progress, speed), line));
  }

  it("says less before the speed is known", () => {
    assert.equal(
      progressText(progressSample, undefined),
      "prices.csv: 45% (45.0 MB of 100 MB), 500,000 rows",
    );
  });
});

const reject = { file: "p.csv", line: 1200, offset: 5, end: 9, sqlState: undefined };

describe("the summary", () => {
  const cases: [name: string, change: Partial<LoadSummary>, lines: string[]][] = [
    [
      "tells what was loaded",
      {},
      ['Loaded 1,000,000 rows into "app"."prices" in 4 s (250,000 rows/s, 25.0 MB/s).'],
    ],
    [
      "tells of nothing",
      { rows: 0, bytes: 0, seconds: 0.02 },
      ['Loaded 0 rows into "app"."prices" in 0.02 s.'],
    ],
    [
      "tells what conflicts did",
      { rows: 1, files: 2, rowsUpdated: 1, rowsIgnored: 2, bytes: 4 },
      [
        'Loaded 1 row from 2 files into "app"."prices" in 4 s (0 rows/s, 1 bytes/s).',
        "1 of them updated a row.",
        "2 rows were ignored, because the key is in the table.",
      ],
    ],
    [
      "tells where the rejects are",
      { rejects: 12, rejectsFile: "r.csv" },
      [
        'Loaded 1,000,000 rows into "app"."prices" in 4 s (250,000 rows/s, 25.0 MB/s).',
        "12 rows were rejected: see r.csv, and r.csv.reasons.ndjson for the reasons.",
      ],
    ],
    [
      "shows rejects that are kept nowhere",
      {
        rejects: 3,
        shownRejects: [
          { ...reject, column: undefined, message: "too few fields" },
          { ...reject, column: "price", message: "no\u001B[1m number" },
        ],
      },
      [
        'Loaded 1,000,000 rows into "app"."prices" in 4 s (250,000 rows/s, 25.0 MB/s).',
        "3 rows were rejected. The first ones:",
        "  p.csv, line 1,200: too few fields",
        String.raw`  p.csv, line 1,200, column price: no\u001b[1m number`,
        "Use --rejects <file> to keep rejected rows.",
      ],
    ],
    [
      "says how to go on",
      { stopReason: "interrupted by SIGINT", canResume: true },
      [
        'Loaded 1,000,000 rows into "app"."prices" in 4 s (250,000 rows/s, 25.0 MB/s).',
        "Stopped before the end: interrupted by SIGINT.",
        "Run the same command with --resume, and without --again and --truncate, to go on from there.",
      ],
    ],
    [
      "says that it cannot go on",
      { stopReason: "no server" },
      [
        'Loaded 1,000,000 rows into "app"."prices" in 4 s (250,000 rows/s, 25.0 MB/s).',
        "Stopped before the end: no server.",
        "This load cannot be resumed.",
      ],
    ],
    [
      "tells of a dry run",
      { isDryRun: true, stopReason: "x" },
      [
        'Checked 1,000,000 rows for "app"."prices", and wrote nothing, in 4 s (250,000 rows/s, 25.0 MB/s).',
        "Stopped before the end: x.",
      ],
    ],
  ];
  for (const [name, change, lines] of cases) {
    it(name, () => {
      const summary = { ...summarySample, ...change };
      assert.deepEqual(summaryLines(summary), lines);
      assert.deepEqual(
        troubleLines(summary),
        lines.slice(1).filter((line) => !/updated|ignored/.test(line)),
      );
    });
  }
});

/** A clock of its own, and a stream that keeps what is written. */
function written() {
  const state = { text: "", seconds: 100 };
  const stream = { columns: 60, write: (text: string) => (state.text += text) };
  return { state, stream, now: () => state.seconds };
}

describe("TextOutput", () => {
  const shown = { isQuiet: false, isVerbose: false };

  it("draws a bar at most ten times a second, and erases it before other lines", (test) => {
    const { state, stream, now } = written();
    const output = new TextOutput(stream, { ...shown, progress: "bar" }, now);
    test.after(() => output.close());
    for (let step = 0; step < 100; step++) {
      state.seconds = 100 + step / 100;
      output.progress(progressSample);
    }
    assert.equal(state.text.split("\r\u001B[2K").length - 1, 10);
    output.note("hello");
    assert.ok(
      state.text.endsWith("rows  0/s\r\u001B[2Khello\n"),
      JSON.stringify(state.text.slice(-40)),
    );
    output.note("again");
    assert.ok(state.text.endsWith("hello\nagain\n"));
  });

  it("writes a line every five seconds", () => {
    const { state, stream, now } = written();
    const output = new TextOutput(stream, { ...shown, progress: "plain" }, now);
    for (let step = 0; step < 120; step++) {
      state.seconds = 100 + step / 10;
      output.progress({ ...progressSample, rows: step * 100, bytesTotal: undefined });
    }
    assert.equal(
      state.text,
      "prices.csv: 45.0 MB, 5,000 rows\nprices.csv: 45.0 MB, 10,000 rows, 1,000 rows/s\n",
    );
  });

  it("draws the bar again while nothing happens", async (test) => {
    const { state, stream, now } = written();
    const output = new TextOutput(stream, { ...shown, progress: "bar" }, now);
    test.after(() => output.close());
    output.progress(progressSample);
    const { length } = state.text;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.ok(state.text.length > length);
  });
});

describe("JsonOutput", () => {
  it("writes one object a line, progress at most ten times a second", () => {
    const { state, stream, now } = written();
    const options = { hasProgress: true, isQuiet: false, isVerbose: false };
    const output = new JsonOutput(stream, options, now);
    for (let step = 0; step < 20; step++) {
      state.seconds += 0.0501;
      output.progress(ofPipe);
    }
    output.error("no\nserver");
    const lines = state.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    assert.equal(lines.length, 11);
    assert.deepEqual(lines[0], { type: "progress", ...ofPipe, bytesTotal: null });
    assert.deepEqual(lines.at(-1), { type: "error", message: "no\nserver" });
  });
});

const program = join(import.meta.dirname, "..", "helpers", "reporting-program.js");
const load = ["a.csv", "--into", "t"];
const loaded = summaryLines(summarySample)[0]!;
const trouble = ["Warning: a warning", "batch-copy: an error", ""];

function piped(...options: string[]): { out: string[]; errors: string[] } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...load, ...options]);
  return { out: stdout.toString().split("\n"), errors: stderr.toString().split("\n") };
}

describe("in a pipe", () => {
  const [warning, error, end] = trouble as [string, string, string];
  const cases: [options: string[], errors: string[]][] = [
    [[], ["a note", warning, loaded, error, end]],
    [["--quiet"], trouble],
    [
      ["--verbose", "--progress", "none"],
      ["a note", "a detail", warning, loaded, error, end],
    ],
  ];
  for (const [options, errors] of cases) {
    it(`shows texts on stderr with ${options.join(" ") || "no options"}`, () => {
      assert.deepEqual(piped(...options), { out: [""], errors });
    });
  }

  const kinds: [options: string[], types: string[]][] = [
    [["--json"], ["note", "progress", "progress", "warning", "summary", "error"]],
    [
      ["--json", "--progress", "none", "--verbose"],
      ["note", "detail", "warning", "summary", "error"],
    ],
    [
      ["--json", "--quiet"],
      ["warning", "summary", "error"],
    ],
  ];
  for (const [options, types] of kinds) {
    it(`writes JSON to stdout with ${options.join(" ")}`, () => {
      const { out, errors } = piped(...options);
      assert.deepEqual(errors, [""]);
      const lines = out.slice(0, -1).map((line) => JSON.parse(line) as { type: string });
      assert.deepEqual(
        lines.map(({ type }) => type),
        types,
      );
    });
  }

  it("asks nobody", () => {
    const env = { ...process.env, WITH_QUESTION: "1" };
    const { stderr } = spawnSync(process.execPath, [program, ...load], { env });
    assert.match(stderr.toString(), /^answered undefined$/m);
  });

  it("goes on when nobody reads any more", () => {
    const command = `"$0" "$@" --json; echo "code $?" >&2`;
    const { stderr } = spawnSync("bash", [
      "-c",
      `(${command}) | true`,
      process.execPath,
      program,
      ...load,
    ]);
    assert.equal(stderr.toString(), "code 0\n");
  });
});

/** Runs the program on a terminal, and types an answer when it asks. */
async function onTerminal(
  columns: number,
  answer: string | undefined,
  ...options: string[]
): Promise<string> {
  const question = answer === undefined ? "" : "WITH_QUESTION=1 ";
  const args = [process.execPath, program, ...load, ...options].map((arg) => `'${arg}'`).join(" ");
  const command = `stty cols ${columns}; ${question}${args}`;
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    if (answer !== undefined && text.includes("[y/N] ") && !text.includes("answered")) {
      child.stdin.write(answer);
    }
  });
  await once(child, "close");
  return text;
}

describe("on a terminal", { skip: skipWithout("script") }, () => {
  it("draws a bar that fits, and leaves nothing of it", async () => {
    const text = await onTerminal(50, undefined);
    const bars = text.split("\r\u001B[2K").slice(1);
    assert.equal(bars[0], "[=========>           ]   45%  45.0 MB  500k rows");
    assert.ok(
      text.includes(`\r\u001B[2KWarning: a warning\r\n${loaded}\r\n`),
      JSON.stringify(text),
    );
    assert.ok(!text.includes("600k"));
  });

  it("writes lines with --progress plain", async () => {
    assert.ok(!(await onTerminal(80, undefined, "--progress", "plain")).includes("\u001B[2K"));
  });

  const answers: [typed: string, answer: string][] = [
    ["y\r", "true"],
    ["YES\r", "true"],
    ["\r", "false"],
    ["yoghurt\r", "false"],
    ["\u0004", "false"],
    ["\u0003", "false"],
  ];
  for (const [typed, answer] of answers) {
    it(`takes ${JSON.stringify(typed)} for ${answer}`, async () => {
      const text = await onTerminal(80, typed);
      assert.ok(text.includes("Load it once more? [y/N] "));
      assert.ok(text.includes(`answered ${answer}\r\n`), JSON.stringify(text));
    });
  }
});
