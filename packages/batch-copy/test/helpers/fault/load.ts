import { setImmediate as turn } from "node:timers/promises";

import type { AuditedCopier } from "./audited-copier.js";
import { auditedRow, type AuditedRow } from "./audited-table.js";
import type { Books } from "./books.js";
import { SeededRandom } from "./seeded-random.js";

/** Producers of all kinds, which work until they are told to stop. */
export class Load {
  readonly #audited: AuditedCopier;
  readonly #books: Books;
  readonly #random: SeededRandom;
  #isOver = false;

  constructor(audited: AuditedCopier, books: Books, seed: number) {
    this.#audited = audited;
    this.#books = books;
    this.#random = new SeededRandom(seed);
  }

  /** Resolves after {@link stop}, when the last call is answered. */
  async run({
    inserters,
    senders,
  }: {
    readonly inserters: number;
    readonly senders: number;
  }): Promise<void> {
    await Promise.all([
      ...Array.from({ length: inserters }, () => this.#repeat(() => this.#insert())),
      ...Array.from({ length: senders }, () => this.#repeat(() => this.#send())),
    ]);
  }

  stop(): void {
    this.#isOver = true;
  }

  async #repeat(work: () => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      await work();
      await turn();
    }
  }

  #insert(): Promise<void> {
    return this.#audited.insert(this.#newRow());
  }

  async #send(): Promise<void> {
    if (this.#random.percent(60)) {
      await this.#audited.send(this.#newRow());
    } else if (this.#random.percent(90)) {
      const length = 1 + this.#random.below(60);
      await this.#audited.sendMany(Array.from({ length }, () => this.#newRow()));
    } else {
      await this.#audited.flush();
    }
  }

  #newRow(): AuditedRow {
    return auditedRow(this.#books.issue(), this.#random);
  }
}
