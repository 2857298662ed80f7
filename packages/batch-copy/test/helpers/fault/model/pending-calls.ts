import { setTimeout as sleep } from "node:timers/promises";

/** Calls whose answers are waited for in the end. */
export class PendingCalls {
  readonly #names = new Map<Promise<void>, string>();
  /** Answers that the contract does not know of, and calls without an answer. */
  readonly problems: string[] = [];

  add(name: string, call: Promise<void>): void {
    const answered = this.#note(name, call).finally(() => this.#names.delete(answered));
    this.#names.set(answered, name);
  }

  /** Resolves when all are answered, or when it has waited for so long. */
  async settle(patienceMs: number): Promise<void> {
    const end = new AbortController();
    const impatience = sleep(patienceMs, undefined, { signal: end.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#names.keys()), impatience]);
    end.abort();
    for (const name of this.#names.values()) {
      this.problems.push(`${name} was not answered within ${patienceMs} ms`);
    }
  }

  async #note(name: string, call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (error) {
      this.problems.push(`${name} was answered by ${String(error)}`);
    }
  }
}
