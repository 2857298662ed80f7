import { existsSync, readFileSync } from "node:fs";

import type { Reason } from "../../../dist/rejects/reason.js";
import type { NumberedFile, WrittenRecord } from "./numbered-file.js";

/** What is wrong with the files of rejects after all rows of these files were loaded. */
export function problemsOfRejects(path: string, files: readonly NumberedFile[]): string[] {
  const expected = new Map<string, WrittenRecord>(
    files.flatMap((file) =>
      file.records
        .filter(({ verdict }) => verdict !== "loaded")
        .map((record) => [`${file.path}@${record.offset}`, record] as const),
    ),
  );
  const left = [`${path}.cut`, `${path}.cut.partial`, `${path}.reasons.ndjson.cut`];
  const problems = left.filter((one) => existsSync(one)).map((one) => `${one} is left behind`);
  if (!existsSync(path)) {
    return [...problems, "there is no file of rejects"];
  }
  const raw = readFileSync(path);
  const { header } = files[0]!;
  if (!raw.subarray(0, header.length).equals(header)) {
    problems.push("the rejects do not begin with the header");
  }
  let end = header.length;
  for (const line of readFileSync(`${path}.reasons.ndjson`, "utf8").trimEnd().split("\n")) {
    const reason = JSON.parse(line) as Reason;
    const key = `${reason.file}@${reason.offset}`;
    const record = expected.get(key);
    expected.delete(key);
    const bytes = raw.subarray(reason.at, reason.at + reason.bytes);
    problems.push(
      ...(record === undefined
        ? [`rejects doubled, or not expected: ${line}`]
        : problemsOf(record, reason, bytes)),
      ...(reason.at === end ? [] : [`rejects are not one after the other: ${end}, ${line}`]),
    );
    end = reason.at + reason.bytes;
  }
  if (end !== raw.length) {
    problems.push(`rejects without reasons: ${raw.length - end} bytes`);
  }
  if (expected.size > 0) {
    problems.push(`rejects lost: ${[...expected.values()].map(({ seq }) => seq).join(", ")}`);
  }
  return problems;
}

/** The column and the SQLSTATE that are told. */
const REASONS = {
  loaded: [null, null],
  malformed: [null, null],
  invalid: ["amount", null],
  refused: [null, "23514"],
} as const;

function problemsOf(record: WrittenRecord, reason: Reason, bytes: Buffer): string[] {
  const [column, sqlstate] = REASONS[record.verdict];
  const isTold =
    reason.line === record.line && reason.column === column && reason.sqlstate === sqlstate;
  return [
    ...(isTold ? [] : [`reason of another row: ${JSON.stringify({ record, reason })}`]),
    ...(bytes.equals(record.bytes) ? [] : [`reject changed: ${bytes.toString()}`]),
  ];
}
