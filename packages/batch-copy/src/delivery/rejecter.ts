import type { Rejection } from "../errors.js";

type RejectHandler<Row> = (rejection: Rejection<Row>) => void | Promise<void>;

/** Rejections of one batch, and what is to be done on their way. */
export interface HandOver<Row> {
  readonly rejections: readonly Rejection<Row>[];
  /** Called when their turn has come. */
  begin(): void;
  /** Called with the index of each that nobody took, and what `onReject` threw for it, if it did. */
  untold(index: number, cause: unknown): void;
}

/** Hands rows back to the user's `onReject`, one at a time, in order. */
export class Rejecter<Row extends object> {
  readonly #onReject: RejectHandler<Row> | undefined;
  /** Rejections that were not handed over yet, or whose handler has not ended. */
  readonly #pending = new Set<Rejection<Row>>();
  #last: Promise<void> = Promise.resolve();

  constructor(onReject: RejectHandler<Row> | undefined) {
    this.#onReject = onReject;
  }

  /** Hands the rows over after those that came before. The promise for its end never rejects. */
  reject(handOver: HandOver<Row>): Promise<void> {
    if (this.#onReject !== undefined) {
      handOver.rejections.forEach((rejection) => this.#pending.add(rejection));
    }
    this.#last = this.#last.then(() => this.#run(handOver));
    return this.#last;
  }

  /** Hands nothing over any more, and returns the rows that were still to be handed over. */
  abandon(): Row[] {
    const rows = Array.from(this.#pending, ({ row }) => row);
    this.#pending.clear();
    return rows;
  }

  async #run(handOver: HandOver<Row>): Promise<void> {
    handOver.begin();
    const onReject = this.#onReject;
    if (onReject === undefined) {
      handOver.rejections.forEach((_, index) => handOver.untold(index, undefined));
      return;
    }
    for (const [index, rejection] of handOver.rejections.entries()) {
      if (!this.#pending.has(rejection)) {
        return;
      }
      try {
        await onReject(rejection);
      } catch (error) {
        handOver.untold(index, error);
      }
      this.#pending.delete(rejection);
    }
  }
}
