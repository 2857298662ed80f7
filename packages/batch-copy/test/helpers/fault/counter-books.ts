import type { Counter } from "./counter-table.js";

const SHOWN = 5;

/** What was sent for one key, but for what was refused. */
interface Account {
  readonly numbers: Set<bigint>;
  /** Those of them whose outcome is unknown. */
  readonly doubtful: Set<bigint>;
}

/** Keeps book of all rows that are sent to counters, and compares it with the table. */
export class CounterBooks {
  readonly #accounts = new Map<number, Account>();
  readonly #refused = new Set<bigint>();
  readonly #contradicted = new Set<bigint>();
  #next = 0n;

  /** How many rows were issued. */
  get size(): number {
    return Number(this.#next);
  }

  get refused(): ReadonlySet<bigint> {
    return this.#refused;
  }

  /** How many rows have an unknown outcome. */
  get doubtful(): number {
    let count = 0;
    this.#accounts.forEach((account) => (count += account.doubtful.size));
    return count;
  }

  /** The number of a new row of this key. */
  issue(key: number): bigint {
    const number = this.#next++;
    const account = this.#accounts.get(key) ?? { numbers: new Set(), doubtful: new Set() };
    this.#accounts.set(key, account);
    account.numbers.add(number);
    return number;
  }

  /** Its sender was told that the row is refused. */
  refuse(key: number, number: bigint): void {
    const isKnown = this.#accounts.get(key)?.numbers.delete(number) ?? false;
    if (!isKnown) {
      this.#contradicted.add(number);
    }
    this.#refused.add(number);
  }

  /** Its sender was told that the row may be in the table. */
  doubt(key: number, number: bigint): void {
    this.#accounts.get(key)!.doubtful.add(number);
  }

  /**
   * Compares with all rows of the table.
   *
   * @param isCounted whether they say more than the last number of each key
   * @returns what is wrong
   */
  compare(found: readonly Counter[], isCounted: boolean): string[] {
    const byKey = new Map(found.map((counter) => [counter.key, counter]));
    const wrong = [...this.#accounts].flatMap(([key, account]) => {
      const problem = problemOf(account, byKey.get(key), isCounted);
      byKey.delete(key);
      return problem === undefined ? [] : [`key ${key}: ${problem}`];
    });
    const problems = [
      ...wrong,
      ...[...byKey.keys()].map((key) => `key ${key} was never sent`),
      ...[...this.#contradicted].map((number) => `row ${number} was told twice how it ended`),
    ];
    return problems.length <= SHOWN
      ? problems
      : [...problems.slice(0, SHOWN), `and ${problems.length - SHOWN} more`];
  }
}

function problemOf(
  { numbers, doubtful }: Account,
  found: Counter | undefined,
  isCounted: boolean,
): string | undefined {
  if (found === undefined) {
    return numbers.size > doubtful.size ? `${numbers.size} rows are lost` : undefined;
  }
  const certain = [...numbers].filter((number) => !doubtful.has(number));
  const last = BigInt(found.number);
  if (!numbers.has(last) || certain.some((number) => number > last)) {
    return `the last row is ${last} and not ${[...numbers].at(-1)}`;
  }
  if (!isCounted) {
    return undefined;
  }
  const isWrong = found.hits < certain.length || found.hits > numbers.size || found.disorder > 0;
  const isOfOthers = doubtful.size === 0 && BigInt(found.total) !== sum(numbers);
  return isWrong || isOfOthers
    ? `${numbers.size} rows were sent (${doubtful.size} in doubt), and ${found.hits} written, ${found.disorder} out of order`
    : undefined;
}

function sum(numbers: Iterable<bigint>): bigint {
  let total = 0n;
  for (const number of numbers) {
    total += number;
  }
  return total;
}
