import type { Rejection } from "../errors.js";

/** Hands rows back to the user's `onReject`, one at a time, in order. */
export class Rejecter<Row extends object> {
  readonly #onReject: ((rejection: Rejection<Row>) => void | Promise<void>) | undefined;
  /** Rejections that were not handed over yet, or whose handler has not ended. */
  readonly #pending = new Set<Rejection<Row>>();
  #last: Promise<void> = Promise.resolve();

  constructor(onReject: ((rejection: Rejection<Row>) => void | Promise<void>) | undefined) {
    this.#onReject = onReject;
  }

  /**
   * Hands the rejections over after those that came before.
   *
   * @param untold is called with the index of each that nobody took, and with what `onReject` threw
   * for it, if it did
   * @returns a promise for the end of all of it, which never rejects
   */
  reject(
    rejections: readonly Rejection<Row>[],
    untold: (index: number, cause: unknown) => void,
  ): Promise<void> {
    const onReject = this.#onReject;
    if (onReject === undefined) {
      rejections.forEach((_, index) => untold(index, undefined));
      return Promise.resolve();
    }
    rejections.forEach((rejection) => this.#pending.add(rejection));
    this.#last = this.#last.then(() => this.#handOver(rejections, onReject, untold));
    return this.#last;
  }

  /** Hands nothing over any more, and returns the rows that were still to be handed over. */
  abandon(): Row[] {
    const rows = Array.from(this.#pending, ({ row }) => row);
    this.#pending.clear();
    return rows;
  }

  async #handOver(
    rejections: readonly Rejection<Row>[],
    onReject: (rejection: Rejection<Row>) => void | Promise<void>,
    untold: (index: number, cause: unknown) => void,
  ): Promise<void> {
    for (const [index, rejection] of rejections.entries()) {
      if (!this.#pending.has(rejection)) {
        return;
      }
      try {
        await onReject(rejection);
      } catch (error) {
        untold(index, error);
      }
      this.#pending.delete(rejection);
    }
  }
}
