// @ts-check
// Prints how fast values are encoded, by type: node tools/type-speed.mjs [--write] [TYPE...]
// --write puts the table into docs/type-speed.md as well.
//
// Code that has seen one type runs faster than code that has seen many. So each kind of value is
// measured in a process of its own, beside a loop written by hand for it where the type is common;
// and once more in one process that writes all kinds, as a table of many columns would have it.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { ByteWriter } from "../packages/batch-copy/dist/bytes/byte-writer.js";
import { writeField } from "../packages/batch-copy/dist/codecs/codec.js";
import * as types from "../packages/batch-copy/dist/codecs/registry.js";

/**
 * @typedef {import("../packages/batch-copy/dist/codecs/type-description.js").TypeDescription} TypeDescription
 * @typedef {import("../packages/batch-copy/dist/codecs/column-type.js").ColumnType<unknown>} ColumnType
 *
 * Values of one type that are encoded in one way.
 * @typedef {{ name: string, values: string, type: ColumnType, make: () => unknown, loop?: Loop, description?: TypeDescription }} Kind
 *
 * Writes fields, each with its length, and returns where they end.
 * @typedef {(values: never[], out: Buffer, view: DataView) => number} Loop
 *
 * Nanoseconds per value: of our encoder, and of the loop by hand.
 * @typedef {{ ours: number, byHand: number | undefined }} Speed
 */

/** Different values of a kind, and room for the bytes of them all. */
const VALUES = 512;
const ROOM = 2 ** 20;
/** A common type must not take longer than this many times the loop by hand. */
const LIMIT = 2;

const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const TEXT_OID = 25;

/** @type {Record<string, Loop>} */
const loops = {
  /** @param {boolean[]} values */
  bool(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 1);
      view.setInt8(at + 4, value ? 1 : 0);
      at += 5;
    }
    return at;
  },

  /** @param {number[]} values */
  int2(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 2);
      view.setInt16(at + 4, value);
      at += 6;
    }
    return at;
  },

  /** @param {number[]} values */
  int4(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 4);
      view.setInt32(at + 4, value);
      at += 8;
    }
    return at;
  },

  /** @param {number[]} values */
  int8(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 8);
      view.setInt32(at + 4, Math.floor(value / 2 ** 32));
      view.setInt32(at + 8, value);
      at += 12;
    }
    return at;
  },

  /** @param {bigint[]} values */
  int8OfBigint(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 8);
      view.setBigInt64(at + 4, value);
      at += 12;
    }
    return at;
  },

  /** @param {number[]} values */
  float4(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 4);
      view.setFloat32(at + 4, value);
      at += 8;
    }
    return at;
  },

  /** @param {number[]} values */
  float8(values, _out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 8);
      view.setFloat64(at + 4, value);
      at += 12;
    }
    return at;
  },

  /**
   * Two digits behind the point.
   * @param {(string | number)[]} values
   */
  numeric(values, _out, view) {
    let at = 0;
    for (const value of values) {
      const cents = Math.round(Number(value) * 100);
      const size = Math.abs(cents);
      const groups = [(size % 100) * 100];
      for (let rest = Math.floor(size / 100); rest > 0; rest = Math.floor(rest / 10_000)) {
        groups.unshift(rest % 10_000);
      }
      view.setInt32(at, 8 + groups.length * 2);
      view.setInt16(at + 4, groups.length);
      view.setInt16(at + 6, groups.length - 2);
      view.setInt16(at + 8, cents < 0 ? 0x4000 : 0);
      view.setInt16(at + 10, 2);
      at += 12;
      for (const group of groups) {
        view.setInt16(at, group);
        at += 2;
      }
    }
    return at;
  },

  /** @param {string[]} values */
  text(values, out, view) {
    let at = 0;
    for (const value of values) {
      const length = out.write(value, at + 4);
      view.setInt32(at, length);
      at += 4 + length;
    }
    return at;
  },

  /** @param {string[]} values */
  uuid(values, out, view) {
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 16);
      out.write(value.replaceAll("-", ""), at + 4, "hex");
      at += 20;
    }
    return at;
  },

  /** @param {(Date | string)[]} values */
  timestamptz(values, _out, view) {
    let at = 0;
    for (const value of values) {
      const ms = typeof value === "string" ? Date.parse(value) : value.getTime();
      const microseconds = (ms - EPOCH_MS) * 1000;
      view.setInt32(at, 8);
      view.setInt32(at + 4, Math.floor(microseconds / 2 ** 32));
      view.setInt32(at + 8, microseconds);
      at += 12;
    }
    return at;
  },

  /** @param {object[]} values */
  jsonb(values, out, view) {
    let at = 0;
    for (const value of values) {
      const length = 1 + out.write(JSON.stringify(value), at + 5);
      view.setInt32(at, length);
      view.setInt8(at + 4, 1);
      at += 4 + length;
    }
    return at;
  },

  /** @param {(string | null)[][]} values */
  textArray(values, out, view) {
    let at = 0;
    for (const value of values) {
      const start = at;
      view.setInt32(at + 4, 1);
      view.setInt32(at + 8, value.includes(null) ? 1 : 0);
      view.setInt32(at + 12, TEXT_OID);
      view.setInt32(at + 16, value.length);
      view.setInt32(at + 20, 1);
      at += 24;
      for (const element of value) {
        const length = element === null ? -1 : out.write(element, at + 4);
        view.setInt32(at, length);
        at += 4 + Math.max(length, 0);
      }
      view.setInt32(start, at - start - 4);
    }
    return at;
  },
};
