import { gzipSync } from "node:zlib";

import { describeLoads, type LoadCase } from "../helpers/load-case.js";

const columns = "id int, name text";
const ROWS = ["(1,a)", "(2,b)"];
const TEXT = "id,name\n1,a\n2,b\n";

/** TEXT, compressed by zstd 1.5. */
const ZSTD = Buffer.from("KLUv/QRYgQAAaWQsbmFtZQoxLGEKMixiCibGaUQ=", "base64");

const CASES: readonly LoadCase[] = [
  {
    name: "gzip",
    columns,
    files: { "a.csv.gz": gzipSync(TEXT) },
    rows: ROWS,
  },
  {
    name: "gzip of several members, which is found by its content",
    columns,
    files: { "a.csv": Buffer.concat([gzipSync("id,name\n1,"), gzipSync("a\n2,b\n")]) },
    rows: ROWS,
  },
  {
    name: "zstd",
    columns,
    files: { "a.csv.zst": ZSTD },
    rows: ROWS,
  },
  {
    name: "offsets of rejects are those of the decompressed file",
    columns,
    files: { "a.csv.gz": gzipSync(`${TEXT}x,c\n`) },
    rows: ROWS,
    rejects: "id,name\nx,c\n",
    reasons: [[4, 16, "id", null, /"x"/]],
  },
  {
    name: "gzip that is cut off loads what is there, and says so",
    columns,
    files: { "a.csv.gz": gzipSync(TEXT).subarray(0, -9) },
    query: "SELECT 'any' AS row",
    rows: ["any"],
    code: 3,
    says: /a\.csv\.gz.*(ends|cut|incomplete|unexpected)/i,
  },
  {
    name: "stdin",
    columns,
    files: {},
    load: ["-"],
    stdin: TEXT,
    rows: ROWS,
  },
  {
    name: "gzip from stdin",
    columns,
    files: {},
    load: ["-"],
    stdin: gzipSync(TEXT),
    rows: ROWS,
  },
  {
    name: "stdin with rejects, which name it",
    columns,
    files: {},
    load: ["-"],
    stdin: `${TEXT}x,c\n`,
    rows: ROWS,
    rejects: "id,name\nx,c\n",
    reasons: [[4, 16, "id", null, /"x"/]],
  },
  {
    name: "a pattern, and a file that it does not match",
    columns,
    files: { "a-1.csv": "id,name\n1,a\n", "a-2.csv": "id,name\n2,b\n", "b.csv": "id,name\n3,c\n" },
    load: ["a-*.csv"],
    rows: ROWS,
  },
  {
    name: "several files, each with its header, and lines counted in each",
    columns,
    files: { "a.csv": "id,name\n1,a\nx,1\n", "b.csv": "id,name\ny,2\n2,b\n" },
    rows: ROWS,
    rejects: "id,name\nx,1\ny,2\n",
    reasons: [
      [3, 12, "id", null, /"x"/],
      [2, 8, "id", null, /"y"/],
    ],
  },
  {
    name: "files and stdin",
    columns,
    files: { "a.csv": "id,name\n1,a\n" },
    load: ["a.csv", "-"],
    stdin: "id,name\n2,b\n",
    rows: ROWS,
  },
  {
    name: "files of other formats than CSV and CSV cannot share a file of rejects",
    columns,
    files: { "a.csv": "id,name\n1,a\n", "b.ndjson": '{"id":2,"name":"b"}\n' },
    rows: [],
    code: 2,
    says: /--rejects needs files of the same format/,
  },
  {
    name: "a file that is not there: nothing is loaded",
    columns,
    files: { "a.csv": "id,name\n1,a\n" },
    load: ["a.csv", "b.csv"],
    rows: [],
    code: 2,
    says: /Cannot read b\.csv: there is no such file/,
  },
  {
    name: "a pattern that matches nothing",
    columns,
    files: {},
    load: ["*.csv"],
    rows: [],
    code: 2,
    says: /No file matches \*\.csv/,
  },
  {
    name: "a directory",
    columns,
    files: {},
    load: ["."],
    rows: [],
    code: 2,
    says: /it is a directory/,
  },
  {
    name: "a format that is not read",
    columns,
    files: { "a.csv.xz": Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]) },
    rows: [],
    code: 2,
    says: /compressed with xz/,
  },
];

describeLoads("batch-copy load reads", CASES);
