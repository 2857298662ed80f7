import { BatchCopyError } from "../errors.js";

/** The callbacks for one signal, which share one listener. */
interface Watch {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Calls back once when the signal aborts; the signal must not have aborted yet. A signal shared by
 * thousands of waiting senders gets one listener, because an EventTarget searches its listeners
 * whenever one is added. The listener is removed with the last callback: Node keeps a signal of
 * `AbortSignal.any()` alive for as long as it has a listener.
 *
 * @returns a function that cancels the callback
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? startWatch(signal);
  watch.callbacks.add(callback);
  return () => {
    watch.callbacks.delete(callback);
    if (watch.callbacks.size === 0 && watches.get(signal) === watch) {
      endWatch(signal, watch);
    }
  };
}

function startWatch(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>();
  const watch: Watch = {
    callbacks,
    listener() {
      endWatch(signal, watch);
      callbacks.forEach((call) => call());
    },
  };
  watches.set(signal, watch);
  signal.addEventListener("abort", watch.listener);
  return watch;
}

function endWatch(signal: AbortSignal, watch: Watch): void {
  watches.delete(signal);
  signal.removeEventListener("abort", watch.listener);
}

/**
 * Throws the signal's reason if it has aborted.
 *
 * @throws BatchCopyError with code `INVALID_OPTION` if it is not a signal. Signals of other realms and of
 * polyfills are accepted.
 */
export function throwIfAborted(signal: AbortSignal): void {
  if (!isEventTarget(signal)) {
    throw new BatchCopyError("INVALID_OPTION", "signal must be an AbortSignal");
  }
  if (signal.aborted) {
    throw abortReason(signal);
  }
}

/** Both are needed: what fails when a listener is removed would fail in the middle of a commit. */
function isEventTarget(signal: AbortSignal | null | undefined): boolean {
  return (
    typeof signal?.addEventListener === "function" &&
    typeof signal.removeEventListener === "function"
  );
}

/** The reason with which the signal was aborted. Older polyfills of AbortSignal do not keep it. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason === undefined
    ? new DOMException("This operation was aborted", "AbortError")
    : signal.reason;
}

/**
 * Settles as `result` does, or rejects with the signal's reason if it aborts before `wait` has ended.
 * The signal must not have aborted yet.
 */
export function unlessAbortedDuring<Result>(
  wait: Promise<unknown>,
  signal: AbortSignal,
  result: Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(abortReason(signal)));
    wait.then(forget, forget);
    result.then(resolve, reject);
  });
}

/** Resolves as the promise does, or when the signal aborts. */
export function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, resolve);
    promise.then(resolve, reject).finally(forget);
  });
}

/**
 * Settles as the promise does, unless the signal aborts while there is something to withdraw: then it rejects
 * with the signal's reason.
 *
 * @param withdraw returns whether there was something
 */
export function unlessWithdrawn<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
  withdraw: () => boolean,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      if (withdraw()) {
        reject(abortReason(signal));
      }
    };
    if (signal.aborted) {
      end();
    }
    const forget = signal.aborted ? noop : onAbort(signal, end);
    promise.then(resolve, reject).finally(forget);
  });
}

function noop(): void {}
