import type { Copier } from "../../../dist/index.js";
import {
  isRefused,
  type Counter,
  type CounterKind,
  type CounterRow,
} from "../fault/counter-table.js";
import type { OpenSink } from "./sink.js";
import { ROWS_PER_UNIT, SPAN, unitAt, type Unit } from "./unit.js";

const KEYS = 50;
const SHOWN = 5;

/** Writes to counters instead of a unit's rows: one count for each of them. */
export function counterSink(copier: Copier<CounterRow>, name: string, start: number): OpenSink {
  return async () => {
    const source = await copier.source(name, { start });
    return {
      get position() {
        return Number(source.position);
      },
      send: (position, unit) => source.sendMany(countsOf(position, unit), position),
      advance: (position) => source.advance(position),
      flush: () => source.flush(),
      close: () => source.close(),
    };
  };
}

/** Whose row it is that has this key or number: the start of its source. */
function startOf(position: number): number {
  return Math.floor(position / SPAN) * SPAN;
}

function countsOf(position: number, unit: Unit): CounterRow[] {
  return (unit ?? []).map((_, index) => {
    const number = position * ROWS_PER_UNIT + index;
    const key = (startOf(position) / SPAN) * KEYS + (number % KEYS);
    return { key, hits: 1, total: number, number };
  });
}

/** Whether a table that refuses rows refuses those of a position: one of them is enough. */
export function isRefusedUnit(position: number): boolean {
  return countsOf(position, unitAt(position)).some(({ number }) => isRefused(BigInt(number)));
}

/**
 * Compares counters with what was read from one source.
 *
 * @param end the position behind the last unit
 * @returns what is wrong
 */
export function counterProblems(
  found: readonly Counter[],
  kind: CounterKind,
  { start, end }: { readonly start: number; readonly end: number },
): string[] {
  const expected = new Map<number, { hits: number; total: bigint; number: bigint }>();
  for (let position = start; position < end; position++) {
    if (!(kind.refuses && isRefusedUnit(position))) {
      for (const { key, number } of countsOf(position, unitAt(position))) {
        const { hits, total } = expected.get(key) ?? { hits: 0, total: 0n };
        const count = BigInt(number);
        expected.set(key, { hits: hits + 1, total: total + count, number: count });
      }
    }
  }
  const problems = [...expected].flatMap(([key, { hits, total, number }]) => {
    const counter = found.find((candidate) => candidate.key === key);
    const isRight =
      counter !== undefined &&
      BigInt(counter.number) === number &&
      (!kind.isCounted ||
        (counter.hits === hits && BigInt(counter.total) === total && counter.disorder === 0));
    return isRight
      ? []
      : [`key ${key}: expected ${hits} hits up to ${number}, found ${JSON.stringify(counter)}`];
  });
  return problems.slice(0, SHOWN);
}
