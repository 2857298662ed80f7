import { callOf, MOST_ROWS, type SenderReport } from "./sender-config.js";
import { isFlawed } from "./sent-row.js";
import type { FoundWrite } from "./sent-tables.js";

/** A row, by its producer. */
export type SentId = Pick<FoundWrite, "life" | "producer" | "seq">;

/** What was found in the end. */
export interface Found {
  /** All writes of each table, in the order of their commits. */
  readonly writes: readonly (readonly FoundWrite[])[];
  readonly letters: readonly SentId[];
}

/** What a producer was told. */
interface Account {
  /** The number of the first row that it was told nothing of. */
  told: number;
  /** Those that `insert()` said to be refused. */
  readonly refused: Set<number>;
}

/** How many examples of a problem are named. */
const EXAMPLES = 5;

/** What producers were told, and whether it is true. */
export class SpoolBooks {
  readonly #refuses: boolean;
  readonly #livesInTurn: boolean;
  readonly #accounts = new Map<string, Account>();
  readonly #problems = new Map<string, string[]>();
  #told = 0;

  /**
   * @param refuses whether the tables refuse rows with a flaw
   * @param livesInTurn whether each life has begun after the one before has ended
   */
  constructor(refuses: boolean, livesInTurn: boolean) {
    this.#refuses = refuses;
    this.#livesInTurn = livesInTurn;
  }

  /** How many rows were told to be durable, committed or refused. */
  get told(): number {
    return this.#told;
  }

  enter(life: number, report: SenderReport): void {
    switch (report.what) {
      case "stored":
        this.#tell(life, report.producer, report.first, report.end);
        break;
      case "committed":
        this.#tell(life, report.producer, report.seq, report.seq + 1);
        break;
      case "refused":
        this.#tell(life, report.producer, report.seq, report.seq + 1);
        this.#account(life, report.producer).refused.add(report.seq);
        break;
      case "connected":
      case "closed":
    }
  }

  /** What is wrong, in words. */
  problems({ writes, letters }: Found): string[] {
    this.#problems.clear();
    const written = countOf(writes.flat());
    const lettered = countOf(letters);
    for (const id of new Set([...written.keys(), ...lettered.keys()])) {
      this.#audit(id, written.get(id) ?? 0, lettered.get(id) ?? 0);
    }
    this.#auditTold(written, lettered);
    for (const ofTable of writes) {
      this.#auditOrder(ofTable);
    }
    for (const write of writes.flat()) {
      this.#note(!write.isIntact, "rows damaged", keyOf(write));
    }
    return [...this.#problems].map(
      ([problem, ids]) => `${ids.length} ${problem}: ${ids.slice(0, EXAMPLES).join(", ")}`,
    );
  }

  #account(life: number, producer: number): Account {
    const key = `${life}/${producer}`;
    const account = this.#accounts.get(key) ?? { told: 0, refused: new Set<number>() };
    this.#accounts.set(key, account);
    return account;
  }

  #tell(life: number, producer: number, first: number, end: number): void {
    const account = this.#account(life, producer);
    if (account.told !== first) {
      throw new Error(`producer ${life}/${producer} went on at ${first}, not ${account.told}`);
    }
    account.told = end;
    this.#told += end - first;
  }

  /** What a row that was found may be. */
  #audit(id: string, written: number, lettered: number): void {
    const { life, producer, seq } = idOf(id);
    const { told, refused } = this.#account(life, producer);
    const inCall = callOf(producer) === "sendMany" ? MOST_ROWS : 1;
    const isRefusable = this.#refuses && isFlawed(seq);
    this.#note(written > 1, "rows doubled", id);
    this.#note(lettered > 1, "letters doubled", id);
    this.#note(lettered > 0 && !isRefusable, "letters of good rows", id);
    this.#note(lettered > 0 && refused.has(seq), "letters of rows whose callers were told", id);
    this.#note(seq >= told + inCall, "rows that nobody has sent", id);
  }

  /** What must be there. */
  #auditTold(written: ReadonlyMap<string, number>, lettered: ReadonlyMap<string, number>): void {
    for (const [producer, { told, refused }] of this.#accounts) {
      for (let seq = 0; seq < told; seq++) {
        const id = `${producer}/${seq}`;
        if (this.#refuses && isFlawed(seq)) {
          this.#note(!refused.has(seq) && !lettered.has(id), "letters lost", id);
        } else {
          this.#note(!written.has(id), "rows lost", id);
          this.#note(refused.has(seq), "rows refused falsely", id);
        }
      }
    }
  }

  #auditOrder(writes: readonly FoundWrite[]): void {
    const last = new Map<string, number>();
    let life = -1;
    for (const write of writes) {
      const producer = `${write.life}/${write.producer}`;
      this.#note(write.seq < (last.get(producer) ?? -1), "rows after later ones", keyOf(write));
      last.set(producer, write.seq);
      if (this.#livesInTurn) {
        this.#note(write.life < life, "rows after those of later lives", keyOf(write));
        life = Math.max(life, write.life);
      }
    }
  }

  #note(isProblem: boolean, problem: string, id: string): void {
    if (isProblem) {
      const ids = this.#problems.get(problem) ?? [];
      this.#problems.set(problem, ids);
      ids.push(id);
    }
  }
}

function keyOf({ life, producer, seq }: SentId): string {
  return `${life}/${producer}/${seq}`;
}

function idOf(key: string): SentId {
  const [life, producer, seq] = key.split("/").map(Number) as [number, number, number];
  return { life, producer, seq };
}

function countOf(ids: readonly SentId[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const key = keyOf(id);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
