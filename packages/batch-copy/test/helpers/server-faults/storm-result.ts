import type { CopierStats } from "../../../dist/index.js";
import { PROBLEM_KINDS, type BooksReport } from "../fault/books-report.js";
import { textTable } from "../fault/text-table.js";
import type { ServerFault } from "./server-fault.js";

/** The columns of the table of faults, and the counters that they sum up. */
const COUNTERS = {
  retried: "retries",
  "in doubt, committed": "inDoubtCommitted",
  "not committed": "inDoubtAborted",
  unknown: "inDoubtUnknown",
} as const satisfies Record<string, keyof CopierStats>;

type Tally = Record<keyof typeof COUNTERS | "times", number>;

/** What has happened in a storm of faults so far. */
export class StormResult {
  faults = 0;
  present = 0;
  confirmed = 0;
  handedBack = 0;
  /** How many rows have an unknown outcome. */
  unknown = 0;
  /** What the books complain of. */
  readonly problems: string[] = [];
  readonly #problemRows = new Map<string, number>();
  readonly #tallies = new Map<string, Tally>();

  noteFault({ what }: ServerFault, before: CopierStats, after: CopierStats): void {
    this.faults++;
    const tally = this.#tallies.get(what) ?? emptyTally();
    this.#tallies.set(what, tally);
    add(tally, "times", 1);
    for (const [name, counter] of Object.entries(COUNTERS)) {
      add(tally, name as keyof typeof COUNTERS, after[counter] - before[counter]);
    }
  }

  noteReport(report: BooksReport): void {
    const { confirmed, refused, undelivered, inDoubt } = report.fates;
    this.present += report.present;
    this.confirmed += confirmed;
    this.handedBack += refused + undelivered + inDoubt;
    this.unknown += inDoubt;
    this.problems.push(...report.problems);
    for (const kind of PROBLEM_KINDS) {
      this.#problemRows.set(kind, (this.#problemRows.get(kind) ?? 0) + report.count(kind));
    }
  }

  /** How many faults were of these kinds. */
  countOf(kinds: readonly ServerFault[]): number {
    return kinds.reduce((sum, { what }) => sum + (this.#tallies.get(what)?.times ?? 0), 0);
  }

  /** Tables of the faults and of the rows. */
  get summary(): string {
    return `${this.#faultTable()}\n\n${this.#rowTable()}`;
  }

  #faultTable(): string {
    const columns = ["times", ...Object.keys(COUNTERS)] as (keyof Tally)[];
    const lines = [...this.#tallies].toSorted(([a], [b]) => a.localeCompare(b));
    const sums = emptyTally();
    for (const [, tally] of lines) {
      columns.forEach((column) => add(sums, column, tally[column]));
    }
    const line = (what: string, tally: Tally): (string | number)[] => [
      what,
      ...columns.map((column) => tally[column]),
    ];
    return textTable([
      ["Transactions", ...columns],
      ...lines.map(([what, tally]) => line(what, tally)),
      line("all", sums),
    ]);
  }

  #rowTable(): string {
    return textTable([
      ["Rows", ""],
      ["confirmed as committed", this.confirmed],
      ["handed back", this.handedBack],
      ["in the table", this.present],
      ...this.#problemRows,
    ]);
  }
}

function emptyTally(): Tally {
  return { times: 0, retried: 0, "in doubt, committed": 0, "not committed": 0, unknown: 0 };
}

function add(tally: Tally, column: keyof Tally, count: number): void {
  tally[column] += count;
}
