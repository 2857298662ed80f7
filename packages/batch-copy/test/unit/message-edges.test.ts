import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { MessageEdges } from "../helpers/fault/message-edges.js";
import { PlaceFinder } from "../helpers/fault/place-finder.js";
import type { Place } from "../helpers/fault/plan.js";

/** A startup packet of 8 bytes, a Query of 9, a Sync without a body, CopyData of 7. */
const STREAM = Buffer.from("\0\0\0\x08abcdQ\0\0\0\x08xyz\0S\0\0\0\x04d\0\0\0\x06pq", "latin1");

const EDGES = [
  ["before", "startup", 0],
  ["after", "startup", 8],
  ["before", "Q", 8],
  ["after", "Q", 17],
  ["before", "S", 17],
  ["after", "S", 22],
  ["before", "d", 22],
  ["after", "d", 29],
];

/** Cuts the stream into chunks of so many bytes. */
function* chunks(size: number): Generator<Buffer> {
  for (let at = 0; at < STREAM.length; at += size) {
    yield STREAM.subarray(at, at + size);
  }
}

describe("message edges", () => {
  it("are the same however the stream is cut into chunks", () => {
    for (let size = 1; size <= STREAM.length; size++) {
      const scanner = new MessageEdges(true);
      const edges = [...chunks(size)].flatMap((chunk) => scanner.scan(chunk));
      assert.deepEqual(
        edges.map(({ side, type, position }) => [side, type, position]),
        EDGES,
        `chunks of ${size}`,
      );
    }
  });

  it("are those of typed messages from the first byte on where the server speaks", () => {
    const edges = new MessageEdges(false).scan(Buffer.from("Z\0\0\0\x05I"));
    assert.deepEqual(
      edges.map(({ side, type, position }) => [side, type, position]),
      [
        ["before", "Z", 0],
        ["after", "Z", 6],
      ],
    );
  });
});

describe("a place", () => {
  const places: readonly (readonly [Place, number | undefined])[] = [
    [{ direction: "toServer", byte: 0 }, 0],
    [{ direction: "toServer", byte: 20 }, 20],
    [{ direction: "toServer", byte: 29 }, 29],
    [{ direction: "toServer", byte: 30 }, undefined],
    [{ direction: "toServer", side: "after", nth: 1 }, 8],
    [{ direction: "toServer", side: "before", nth: 4 }, 22],
    [{ direction: "toServer", side: "after", type: "S", nth: 1 }, 22],
    [{ direction: "toServer", side: "before", type: "Q", nth: 1, plus: 3 }, 11],
    [{ direction: "toServer", side: "after", type: "S", nth: 1, plus: 7 }, 29],
    [{ direction: "toServer", side: "after", type: "S", nth: 1, plus: 8 }, undefined],
    [{ direction: "toServer", side: "before", type: "S", nth: 2 }, undefined],
  ];

  it("is found once, however the stream is cut into chunks", () => {
    for (const [place, position] of places) {
      for (let size = 1; size <= STREAM.length; size++) {
        assert.deepEqual(find(place, size), position === undefined ? [] : [position]);
      }
    }
  });

  function find(place: Place, size: number): number[] {
    const scanner = new MessageEdges(true);
    const finder = new PlaceFinder(place);
    const found = [finder.find([], 0)];
    let end = 0;
    for (const chunk of chunks(size)) {
      end += chunk.length;
      found.push(finder.find(scanner.scan(chunk), end));
    }
    return found.filter((position) => position !== undefined);
  }
});
