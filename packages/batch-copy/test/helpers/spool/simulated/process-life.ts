/** One life of a process: what it waits for never comes once it has ended. */
export class ProcessLife {
  readonly name: string;
  #isRunning = true;

  constructor(name: string) {
    this.name = name;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  end(): void {
    this.#isRunning = false;
  }
}
