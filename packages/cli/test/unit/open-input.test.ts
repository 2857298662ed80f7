import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";

import { fingerprint, matches } from "../../dist/input/fingerprint.js";
import { InputError } from "../../dist/input/input-error.js";
import { openInput, type InputOptions } from "../../dist/input/open-input.js";
import { bytesOf } from "../helpers/bytes-of.js";
import { skipWithout } from "../helpers/has-command.js";
import { randomLines } from "../helpers/random-bytes.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const lines = randomLines(700_000);

async function fileOf(test: TestContext, bytes: Uint8Array | string, name = "f"): Promise<string> {
  const path = join(await temporaryFolder(test), name);
  await writeFile(path, bytes);
  return path;
}

async function read(path: string, options: InputOptions = {}, from = 0) {
  const input = await openInput(path, options);
  const { bytes, error } = await bytesOf(input.chunks(from));
  return { input, bytes, error };
}

describe("openInput()", () => {
  const forms: [name: string, bytes: Buffer, options: InputOptions][] = [
    ["plain", lines, {}],
    ["gzip", gzipSync(lines), {}],
    ["UTF-16", Buffer.from(lines.toString(), "utf16le"), { encoding: "utf-16le" }],
  ];
  for (const [name, file, options] of forms) {
    it(`reads a ${name} file from any offset, again and again`, async (test) => {
      const path = await fileOf(test, file);
      const input = await openInput(path, options);
      assert.ok(input.start.length >= 64 * 1024);
      assert.ok(lines.subarray(0, input.start.length).equals(input.start));
      for (const from of [0, 1, 64 * 1024, 256 * 1024, 300_000, lines.length - 1, lines.length]) {
        const { bytes, error } = await bytesOf(input.chunks(from));
        assert.equal(error, undefined);
        assert.ok(bytes.equals(lines.subarray(from)), `from ${from}`);
        assert.deepEqual([input.bytesRead, input.bytesTotal], [file.length, file.length]);
      }
    });

    it(`refuses an offset behind the end of a ${name} file`, async (test) => {
      const { error, bytes } = await read(await fileOf(test, file), options, lines.length + 1);
      assert.ok(error instanceof InputError);
      assert.match(
        error.message,
        /f has become shorter: it has 700000 bytes, and was read to byte 700001 before$/,
      );
      assert.equal(bytes.length, 0);
    });
  }

  it("counts what was read of a file on disk", async (test) => {
    const input = await openInput(await fileOf(test, lines));
    assert.equal(input.bytesRead, 0);
    for await (const chunk of input.chunks(100_000)) {
      assert.equal(input.bytesRead, 100_000 + chunk.length);
      break;
    }
  });

  it("reads what was added to a file after it was opened", async (test) => {
    const path = await fileOf(test, "one\n");
    const input = await openInput(path);
    await appendFile(path, "two\n");
    assert.equal((await bytesOf(input.chunks(0))).bytes.toString(), "one\ntwo\n");
  });

  it("reads an empty file", async (test) => {
    const { input, bytes, error } = await read(await fileOf(test, ""));
    assert.deepEqual(
      [input.compression, input.format, bytes.length, error],
      ["none", "csv", 0, undefined],
    );
  });

  it("hands on what is before damage, and then the error", async (test) => {
    const whole = gzipSync(lines);
    const path = await fileOf(test, whole.subarray(0, -8));
    const { bytes, error } = await read(path);
    assert.ok(bytes.equals(lines));
    assert.match(
      error?.message ?? "",
      /f is incomplete: its gzip data ends at byte \d+ before its end$/,
    );
  });

  const formats: [name: string, content: string, format: string][] = [
    ["a.csv", "{", "csv"],
    ["a.CSV.GZ", "{", "csv"],
    ["a.tsv", "{", "csv"],
    ["a.ndjson.zst", "a,b", "ndjson"],
    ["a.jsonl", "a,b", "ndjson"],
    ["a.parquet", "a,b", "parquet"],
    ["a.parquet.csv", "PAR1", "csv"],
    ["a", "PAR1xx", "parquet"],
    ["a.txt", '{"a":1}\n', "ndjson"],
    ["a.log", '\uFEFF\n {"a":1}\n', "ndjson"],
    ["a.json", '[\n  {"a":1}]', "ndjson"],
    ["a.txt", "[a],b\n", "csv"],
    ["csv", '"{",b\n', "csv"],
  ];
  for (const [name, content, format] of formats) {
    it(`takes ${name} with ${JSON.stringify(content)} for ${format}`, async (test) => {
      assert.equal((await openInput(await fileOf(test, content, name))).format, format);
    });
  }

  it("does what the options say, whatever the file looks like", async (test) => {
    const path = await fileOf(test, gzipSync("{}"), "a.csv");
    const { input, bytes } = await read(path, { compression: "none", format: "ndjson" });
    assert.deepEqual([input.compression, input.format], ["none", "ndjson"]);
    assert.ok(bytes.equals(gzipSync("{}")));
  });

  const encodings: [encoding: string, bytes: number[], text: string][] = [
    ["iso-8859-1", [0x41, 0x80, 0x9f, 0xe9, 0xff], "A\u0080\u009Féÿ"],
    ["windows-1252", [0x41, 0x80, 0x9f, 0xe9, 0xff, 0x81], "A€Ÿéÿ\u0081"],
    ["utf-16le", [0xff, 0xfe, 0xe9, 0x00, 0x3d, 0xd8, 0x00, 0xde], "é😀"],
    ["utf-16be", [0x00, 0xe9, 0x20, 0xac], "é€"],
    ["shift_jis", [0x93, 0xfa, 0x96, 0x7b], "日本"],
    ["koi8-r", [0xf0, 0xd2], "Пр"],
  ];
  for (const [encoding, bytes, text] of encodings) {
    it(`makes UTF-8 of ${encoding}`, async (test) => {
      const { bytes: utf8, error } = await read(await fileOf(test, Uint8Array.from(bytes)), {
        encoding,
      });
      assert.equal(error, undefined);
      assert.equal(utf8.toString(), text);
    });
  }

  it("decodes characters that are cut by the end of a chunk", async (test) => {
    const text = `x${"日本\n".repeat(200_000)}`;
    const file = Buffer.from(text, "utf16le");
    const path = await fileOf(test, gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe]), file])));
    assert.equal((await read(path, { encoding: "utf-16le" })).bytes.toString(), text);
  });

  const invalid: [encoding: string, bytes: number[]][] = [
    ["utf-16le", [0x00, 0xdc, 0x41, 0x00]],
    ["utf-16le", [0x41, 0x00, 0x41]],
    ["shift_jis", [0x41, 0x81]],
  ];
  for (const [encoding, bytes] of invalid) {
    it(`refuses ${bytes.join(" ")} as ${encoding}`, async (test) => {
      const path = await fileOf(test, Uint8Array.from(bytes));
      const error = await read(path, { encoding }).then(
        (result) => result.error,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof InputError);
      assert.match(
        error.message,
        new RegExp(`f is not in the encoding ${encoding}, after byte \\d$`),
      );
    });
  }

  const foreign: [name: string, bytes: string, message: RegExp][] = [
    [
      "bzip2",
      "BZh91AY&SY",
      /: it is compressed with bzip2\. Decompress it first: bzip2 -dc FILE \| /,
    ],
    ["xz", "\u00FD7zXZ\0", /: it is compressed with xz\. /],
    ["zip", "PK\u0003\u0004", /: it is compressed with zip\. /],
  ];
  for (const [name, bytes, message] of foreign) {
    it(`refuses ${name}`, async (test) => {
      const path = await fileOf(test, Buffer.from(bytes, "latin1"));
      await assert.rejects(
        openInput(path),
        (error) => error instanceof InputError && message.test(error.message),
      );
    });
  }

  it("refuses a compressed Parquet file, and a file that is not there", async (test) => {
    const path = await fileOf(test, gzipSync("PAR1"));
    await assert.rejects(openInput(path), /a Parquet file is compressed inside/);
    await assert.rejects(openInput(`${path}x`), (error) => error instanceof InputError);
  });
});

const program = join(import.meta.dirname, "..", "helpers", "read-input-program.js");

function readingFrom(input: Buffer | string, ...args: string[]): object[] {
  const { stdout, stderr } = spawnSync(process.execPath, [program, "-", ...args], { input });
  assert.equal(stderr.toString(), "");
  return jsonLines(stdout.toString());
}

function jsonLines(text: string): object[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
}

describe("openInput() of stdin", () => {
  const end = lines.toString("latin1").slice(-8);
  for (const [compression, input] of [
    ["none", lines],
    ["gzip", gzipSync(lines)],
  ] as const) {
    it(`reads it, compression ${compression}`, () => {
      const [started, ended] = readingFrom(input);
      assert.deepEqual({ ...started, start: 0 }, { format: "csv", compression, start: 0 });
      assert.deepEqual(ended, { bytes: lines.length, end });
    });
  }

  it("reads nothing", () => {
    const [started, ended] = readingFrom("");
    assert.deepEqual(started, { format: "csv", compression: "none", start: 0 });
    assert.deepEqual(ended, { bytes: 0, end: "" });
  });

  it("reads a redirected file", async (test) => {
    const path = await fileOf(test, '{"a":1}\n');
    const { stdout } = spawnSync("sh", [
      "-c",
      `"$0" "$1" - < "$2"`,
      process.execPath,
      program,
      path,
    ]);
    assert.deepEqual(jsonLines(stdout.toString()), [
      { format: "ndjson", compression: "none", start: 8 },
      { bytes: 8, end: '{"a":1}\n' },
    ]);
  });

  it("does not wait for more than a line", async () => {
    const child = spawn(process.execPath, [program, "-"], { stdio: ["pipe", "pipe", "inherit"] });
    const answers = createInterface(child.stdout);
    child.stdin.write("first\n");
    const [started] = (await once(answers, "line")) as [string];
    assert.deepEqual(JSON.parse(started), { format: "csv", compression: "none", start: 6 });
    child.stdin.end("second\n");
    const [ended] = (await once(answers, "line")) as [string];
    assert.deepEqual(JSON.parse(ended), { bytes: 13, end: "\nsecond\n" });
  });

  it("hands on what is before damage", () => {
    const [, ended] = readingFrom(gzipSync(lines).subarray(0, -4)) as [
      object,
      { bytes: number; error: string },
    ];
    assert.equal(ended.bytes, lines.length);
    assert.match(
      ended.error,
      /^stdin is incomplete: its gzip data ends at byte \d+ before its end$/,
    );
  });

  it("reads a named pipe", { skip: skipWithout("mkfifo") }, async (test) => {
    const path = join(await temporaryFolder(test), "pipe");
    assert.equal(spawnSync("mkfifo", [path]).status, 0);
    const child = spawn(process.execPath, [program, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    await writeFile(path, lines);
    await once(child, "close");
    assert.deepEqual(jsonLines(Buffer.concat(chunks).toString())[1], { bytes: lines.length, end });
  });

  it("refuses Parquet", () => {
    const { stderr, status } = spawnSync(process.execPath, [program, "-"], { input: "PAR1" });
    assert.equal(status, 1);
    assert.match(
      stderr.toString(),
      /InputError: Cannot read Parquet from stdin: its index is at its end\. Load a file/,
    );
  });
});

describe("fingerprint()", () => {
  it("is of the first 64 KiB, or of a smaller file as a whole", async (test) => {
    const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    const large = await fileOf(test, lines);
    const start = lines.subarray(0, 65_536);
    assert.deepEqual(await fingerprint(large), { sha256: sha256(start), bytes: 65_536 });
    const small = await fileOf(test, "abc");
    assert.deepEqual(await fingerprint(small), { sha256: sha256(Buffer.from("abc")), bytes: 3 });
  });

  const changes: [name: string, before: string, after: string, isSame: boolean][] = [
    ["is unchanged", "abc", "abc", true],
    ["has grown", "abc", "abcd", true],
    ["was empty", "", "abc", true],
    ["is shorter", "abc", "ab", false],
    ["has changed", "abc", "abd", false],
  ];
  for (const [name, before, after, isSame] of changes) {
    it(`${isSame ? "matches" : "does not match"} a file that ${name}`, async (test) => {
      const path = await fileOf(test, before);
      const taken = await fingerprint(path);
      await writeFile(path, after);
      assert.equal(await matches(path, taken), isSame);
    });
  }
});
