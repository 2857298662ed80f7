import type { SeededRandom } from "../fault/seeded-random.js";
import type { Refusal } from "./refusal.js";

/** A row, and the SQLSTATE that it is to be refused with, if it is. */
export interface SeededRow {
  readonly row: { readonly id: number; readonly v: unknown };
  readonly sqlState: string | undefined;
}

/** Rows numbered from 0, of which those are bad that `isBad` says. */
export function seedRows(
  refusal: Refusal,
  count: number,
  isBad: (id: number) => boolean,
  random: SeededRandom,
): SeededRow[] {
  const good: number[] = [];
  const bad: number[] = [];
  return Array.from({ length: count }, (_, id) => {
    const place = {
      id,
      goodBefore: good.length > 0 ? random.pick(good) : id,
      badBefore: random.pick(bad),
    };
    if (!isBad(id)) {
      good.push(id);
      return { row: { id, v: refusal.good(place) }, sqlState: undefined };
    }
    bad.push(id);
    const v = refusal.bad(place);
    return { row: { id, v }, sqlState: refusal.sqlState(v) };
  });
}

/** So many of a hundred rows here and there, now and then the next one as well, and not the first. */
export function scattered(share: number, random: SeededRandom): (id: number) => boolean {
  let wasBad = false;
  return (id) => {
    wasBad = id > 0 && random.percent(wasBad ? 20 : share);
    return wasBad;
  };
}
