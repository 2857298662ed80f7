/** A class of ours, whose values are not its own keys. */
class Thenable {
  // oxlint-disable-next-line unicorn/no-thenable
  then(): void {}
}

class Iterable {
  *[Symbol.iterator](): Generator<number> {
    yield 1;
  }
}

/** Objects without keys of their own that are passed by mistake where a record is wanted. */
export const nonRecords: Readonly<Record<string, object>> = {
  promise: Promise.resolve({ a: 1 }),
  thenable: new Thenable(),
  map: new Map([["a", 1]]),
  "empty map": new Map(),
  set: new Set([1]),
  "weak map": new WeakMap(),
  "weak set": new WeakSet(),
  "weak reference": new WeakRef({}),
  iterator: new Map([["a", 1]]).entries(),
  generator: new Iterable()[Symbol.iterator](),
  "async generator": (async function* rows() {
    yield { a: 1 };
  })(),
  iterable: new Iterable(),
  error: new Error("a"),
  "regular expression": /a/,
  "array buffer": new ArrayBuffer(1),
  "data view": new DataView(new ArrayBuffer(1)),
  "search parameters": new URLSearchParams("a=1"),
  headers: new Headers({ a: "1" }),
  "abort signal": new AbortController().signal,
  blob: new Blob(["a"]),
};
