/** Prints progress on stderr; on a terminal in one line that is overwritten. */
export class Progress {
  readonly #total: number;
  readonly #startedAt = performance.now();
  #done = 0;

  /** @param total the number of steps */
  constructor(total: number) {
    this.#total = total;
  }

  /** Before each step. */
  step(what: string): void {
    const left = this.#done === 0 ? "" : `, ${this.#minutesLeft()} min left`;
    this.#done += 1;
    this.#write(`[${this.#done}/${this.#total}${left}] ${what}`);
  }

  /** After the last step. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001B[2K");
  }

  #minutesLeft(): string {
    const minutes = (performance.now() - this.#startedAt) / 60_000;
    return ((minutes / this.#done) * (this.#total - this.#done)).toFixed(1);
  }

  #write(line: string): void {
    const { isTTY, columns } = process.stderr;
    process.stderr.write(isTTY ? `\r\u001B[2K${line.slice(0, columns - 1)}` : `${line}\n`);
  }
}
