import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";

import { abortReason, onAbort, orAborted, throwIfAborted } from "../../dist/batch/abort-watch.js";
import { SignalShim } from "../helpers/signal-shim.js";

describe("a signal that is watched", () => {
  it("has one listener for thousands of callbacks, and none when the last one is taken back", () => {
    const shim = new SignalShim();
    const forgets = Array.from({ length: 5000 }, () => onAbort(shim.signal, () => {}));
    assert.deepEqual([shim.added, shim.listeners.size], [1, 1]);
    forgets.slice(1).forEach((forget) => forget());
    assert.equal(shim.listeners.size, 1);
    forgets[0]!();
    assert.equal(shim.listeners.size, 0);
    forgets[0]!();
    onAbort(shim.signal, () => {});
    assert.equal(shim.listeners.size, 1, "it can be watched again");
  });

  it("leaves no listener on a combined signal, which Node keeps for as long as it has one", () => {
    const combined = AbortSignal.any([new AbortController().signal]);
    const forget = onAbort(combined, () => {});
    assert.equal(getEventListeners(combined, "abort").length, 1);
    forget();
    assert.equal(getEventListeners(combined, "abort").length, 0);
  });

  it("calls each callback once, in order, and none that was taken back by another", () => {
    const controller = new AbortController();
    const calls: string[] = [];
    onAbort(controller.signal, () => {
      calls.push("first");
      forgetThird();
    });
    onAbort(controller.signal, () => calls.push("second"));
    const forgetThird = onAbort(controller.signal, () => calls.push("third"));
    controller.abort();
    assert.deepEqual(calls, ["first", "second"]);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  it("may have been aborted with anything, which is passed on as it is", () => {
    for (const reason of [null, 0, "", "gone", new Error("gone")]) {
      assert.equal(abortReason(AbortSignal.abort(reason)), reason);
    }
    const shim = new SignalShim();
    shim.abort();
    assert.throws(() => throwIfAborted(shim.signal), { name: "AbortError" });
  });

  it("is refused if it is none", () => {
    const half = { aborted: false, addEventListener() {} };
    for (const signal of [new AbortController(), {}, half, "signal", 1, null]) {
      assert.throws(() => throwIfAborted(signal as AbortSignal), { code: "INVALID_OPTION" });
    }
    throwIfAborted(new SignalShim().signal);
    const methods = "addEventListener() {}, removeEventListener() {}";
    throwIfAborted(runInNewContext(`({ aborted: false, ${methods} })`) as AbortSignal);
  });
});

describe("a promise or an abort", () => {
  it("ends by whichever comes first, and leaves no listener", async () => {
    const { signal } = new AbortController();
    await orAborted(Promise.resolve(), signal);
    await assert.rejects(orAborted(Promise.reject(new Error("failed")), signal), /failed/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(getEventListeners(signal, "abort").length, 0);
    const controller = new AbortController();
    const aborted = orAborted(new Promise(() => {}), controller.signal);
    controller.abort();
    await aborted;
    await orAborted(new Promise(() => {}), controller.signal);
  });
});
