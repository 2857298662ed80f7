/** Tells the operator of trouble, by a warning of the process; the same trouble once until it ends. */
export class Alarm {
  #last: string | undefined;

  sound(message: string): void {
    if (message !== this.#last) {
      this.#last = message;
      process.emitWarning(message, "BatchCopyWarning");
    }
  }

  /** The trouble is over: the next time it is news again. */
  end(): void {
    this.#last = undefined;
  }
}
