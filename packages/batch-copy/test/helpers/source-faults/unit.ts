import { createHash } from "node:crypto";

import { int8, table, text, uuid, type RowOf, type Table } from "../../../dist/index.js";
import { SeededRandom } from "../fault/seeded-random.js";

const COLUMNS = { id: int8, key: int8, trait: text, body: text, checksum: uuid };

/** A row of a source: its content follows from its number. */
export type SourceRow = RowOf<Table<typeof COLUMNS>>;

/**
 * What is special about a row. `checked` and `raised` are refused by tables that refuse any, by a CHECK
 * or by a trigger; `repeated` has the key of an earlier row, which they refuse too. For a `slow` one
 * COPY takes its time, for a `late` one the commit does.
 */
type Trait = "none" | "checked" | "raised" | "repeated" | "slow" | "late";

/** What a source has at a position: undefined for a gap, else the rows of one call. */
export type Unit = readonly SourceRow[] | undefined;

/** No unit has more rows. */
export const ROWS_PER_UNIT = 8;

/**
 * Sources that write to one table begin at multiples of this, so that the rows of each have numbers of
 * their own.
 */
export const SPAN = 10_000_000;

/** How many of a thousand rows have a trait. */
const FREQUENCIES: readonly (readonly [Trait, number])[] = [
  ["checked", 4],
  ["raised", 2],
  ["repeated", 4],
  ["slow", 1],
  ["late", 3],
];

const FLAWS: ReadonlySet<string> = new Set<Trait>(["checked", "raised", "repeated"]);

/** Keys are those of rows so far back, at least and at most. */
const REPEATED = { least: 1, most: 40 };

/** The definition of a table for the rows of sources. */
export function sourceTable(name: string, schema?: string): Table<typeof COLUMNS> {
  return table(name, COLUMNS, { schema });
}

/** Whether a table that refuses rows refuses this one. */
export function isFlawedRow({ trait }: SourceRow): boolean {
  return FLAWS.has(trait);
}

/** The unit at a position. */
export function unitAt(position: number): Unit {
  const random = new SeededRandom(position * 2 + 1);
  const choice = random.below(100);
  if (choice < 20) {
    return undefined;
  }
  const size = choice < 23 ? 0 : choice < 85 ? 1 : 2 + random.below(ROWS_PER_UNIT - 1);
  return Array.from({ length: size }, (_, index) => rowOf(position * ROWS_PER_UNIT + index));
}

/** The position of a row. */
export function positionOf(id: number): number {
  return Math.floor(id / ROWS_PER_UNIT);
}

/** Whether a table that refuses rows refuses the unit: it does so for one row with a flaw. */
export function isFlawed(unit: Unit): boolean {
  return unit?.some(isFlawedRow) ?? false;
}

function rowOf(id: number): SourceRow {
  const random = new SeededRandom(id * 2);
  const trait = traitOf(random.below(1000));
  const repeated = trait === "repeated" ? repeatedKey(id, random) : undefined;
  const content = {
    id,
    key: repeated ?? id,
    // Nothing is repeated before the first row.
    trait: trait === "repeated" && repeated === undefined ? "none" : trait,
    body: "α|".repeat(random.percent(1) ? random.below(20_000) : random.below(20)),
  };
  return { ...content, checksum: checksumOf(content) };
}

function traitOf(choice: number): Trait {
  let least = 0;
  for (const [trait, frequency] of FREQUENCIES) {
    least += frequency;
    if (choice < least) {
      return trait;
    }
  }
  return "none";
}

/** The key of an earlier row of the same source that no table refuses. */
function repeatedKey(id: number, random: SeededRandom): number | undefined {
  const back = REPEATED.least + random.below(REPEATED.most);
  const start = Math.floor(positionOf(id) / SPAN) * SPAN;
  for (let position = positionOf(id) - back; position >= start; position--) {
    const unit = unitAt(position);
    if (unit !== undefined && unit.length > 0 && !isFlawed(unit)) {
      return Number(unit[0]!.key);
    }
  }
  return undefined;
}

function checksumOf({ id, key, trait, body }: Omit<SourceRow, "checksum">): string {
  return createHash("md5").update([id, key, trait, body].join("|")).digest("hex");
}
