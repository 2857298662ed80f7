/**
 * A signal as older polyfills make it: no AbortSignal, without `reason` and `throwIfAborted`, with
 * listeners that can be counted.
 */
export class SignalShim {
  aborted = false;
  added = 0;
  readonly listeners = new Set<() => void>();

  addEventListener(_type: "abort", listener: () => void): void {
    this.added++;
    this.listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.listeners) {
      listener();
    }
  }

  /** As the type that users give. */
  get signal(): AbortSignal {
    return this as unknown as AbortSignal;
  }
}
