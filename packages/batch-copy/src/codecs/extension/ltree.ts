import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { checkLtxtquery } from "./ltxtquery-text.js";

/** The only version of the binary formats, which precedes the text. */
const VERSION = 1;

/** `LTREE_MAX_LEVELS` and `LTREE_LABEL_MAX_CHARS` of contrib/ltree/ltree.h; 255 before version 16. */
const MAX_LEVELS = 65_535;
const MAX_LABEL = 1000;

/**
 * `ltree` of the extension ltree: labels of letters, digits, `_` and `-`, separated by dots,
 * `"Top.Science.Astronomy"`; at most 65535 labels of 1000 characters (`parse_ltree` in
 * contrib/ltree/ltree_io.c). The server checks the rest: non-ASCII letters depend on the locale of
 * the database; `-` and more than 255 characters need PostgreSQL 16.
 */
export const ltree: ColumnType<string> = textType("ltree", checkLtree);

/**
 * `lquery` of the extension ltree: a pattern for an ltree, `"Top.*{1,2}.!Sci|Art*@"`. The server
 * returns it in a normalized form.
 */
export const lquery: ColumnType<string> = textType("lquery", checkLquery);

/**
 * `ltxtquery` of the extension ltree: words with `&`, `|`, `!` and parentheses, `"Europe &
 * Russia*@"`. The server returns it in a normalized form.
 */
export const ltxtquery: ColumnType<string> = textType("ltxtquery", checkLtxtquery);

function textType(name: string, check: (text: string) => void): ColumnType<string> {
  return columnType(name, {
    encode(value: string, out: ByteWriter) {
      if (typeof value !== "string") {
        throw wrongKind(`an ${name} string`, value);
      }
      check(value);
      out.int8(VERSION);
      out.text(value);
    },
    decode(input: ByteReader) {
      input.int8();
      return input.text();
    },
  });
}

/** Characters that are not part of a label in any locale. */
const NO_LABEL = /[^\w.\-\u0080-\uffff]/;

function checkLtree(path: string): void {
  // The path without labels is that of the root.
  if (path === "") {
    return;
  }
  if (NO_LABEL.test(path)) {
    throw new RangeError(
      `${describeValue(path)} is not a valid ltree: labels consist of A-Z, a-z, 0-9, _ and -`,
    );
  }
  const labels = path.split(".");
  checkLevels(labels.length);
  labels.forEach(checkLabel);
}

/** A level of an lquery: `*`, or labels with flags; then the number of occurrences. */
const LEVEL =
  /^(?:\*|!?([\w\-\u0080-\uffff]+[@%*]*(?:\|[\w\-\u0080-\uffff]+[@%*]*)*))(?:\{(.*)\})?$/s;
const COUNTS = /^(?:(\d{1,5})|(\d{0,5}),(\d{0,5}))$/;

function checkLquery(pattern: string): void {
  const levels = pattern.split(".");
  checkLevels(levels.length);
  for (const level of levels) {
    const match = LEVEL.exec(level);
    if (match === null || !areCounts(match[2])) {
      throw new RangeError(
        `${describeValue(pattern)} is not a valid lquery: the level ${describeValue(level)}`,
      );
    }
    match[1]?.split(/[@%*|]+/).forEach(checkLabelSize);
  }
}

/** Of `{2}`, `{2,}`, `{,3}`, `{2,3}`, `{,}`. */
function areCounts(counts: string | undefined): boolean {
  if (counts === undefined) {
    return true;
  }
  const match = COUNTS.exec(counts);
  if (match === null) {
    return false;
  }
  const low = Number(match[1] ?? match[2]);
  const high = match[3] ? Number(match[3]) : MAX_LEVELS;
  return low <= high && high <= MAX_LEVELS;
}

function checkLevels(levels: number): void {
  if (levels > MAX_LEVELS) {
    throw new RangeError(`the path has ${levels} labels, more than ${MAX_LEVELS}`);
  }
}

function checkLabel(label: string): void {
  if (label === "") {
    throw new RangeError("the path has an empty label");
  }
  checkLabelSize(label);
}

const HIGH_SURROGATES = /[\ud800-\udbff]/g;

function checkLabelSize(label: string): void {
  if (label.length > MAX_LABEL && label.replaceAll(HIGH_SURROGATES, "").length > MAX_LABEL) {
    throw new RangeError(`the label ${describeValue(label)} has more than ${MAX_LABEL} characters`);
  }
}
