import { setTimeout as sleep } from "node:timers/promises";

import { RowRejectedError, type Copier } from "../../../dist/index.js";
import { SeededRandom } from "../fault/seeded-random.js";
import { callOf, MOST_ROWS, type SenderReport } from "./sender-config.js";
import { sentRow, type SentRow } from "./sent-row.js";

/** What a producer works with. */
export interface ProducerParts {
  readonly copier: Copier<SentRow>;
  readonly life: number;
  /** Its number. */
  readonly producer: number;
  readonly seed: number;
  /** See `sentRow`. */
  readonly mostText: number;
  readonly report: (report: SenderReport) => void;
  readonly isStopped: () => boolean;
}

/** Sends rows in turn, each call after the one before has settled, until it is stopped. */
export async function produce(parts: ProducerParts): Promise<void> {
  const random = new SeededRandom(parts.seed);
  const pausesIn100 = random.below(60);
  let seq = 0;
  while (!parts.isStopped()) {
    seq = await sendNext(parts, seq, random);
    if (random.percent(pausesIn100)) {
      await sleep(random.below(12));
    }
  }
}

/** Returns the number of the row after those that were sent. */
async function sendNext(
  { copier, life, producer, mostText, report }: ProducerParts,
  first: number,
  random: SeededRandom,
): Promise<number> {
  switch (callOf(producer)) {
    case "send":
      await copier.send(sentRow(life, producer, first, mostText));
      report({ what: "stored", producer, first, end: first + 1 });
      return first + 1;
    case "sendMany": {
      const count = 1 + random.below(MOST_ROWS);
      const rows = Array.from({ length: count }, (_, at) =>
        sentRow(life, producer, first + at, mostText),
      );
      await copier.sendMany(rows);
      report({ what: "stored", producer, first, end: first + count });
      return first + count;
    }
    case "insert":
      report({
        what: (await isInserted(copier, sentRow(life, producer, first, mostText)))
          ? "committed"
          : "refused",
        producer,
        seq: first,
      });
      return first + 1;
  }
}

/** Resolves to false if the server refuses the row. */
async function isInserted(copier: Copier<SentRow>, row: SentRow): Promise<boolean> {
  try {
    await copier.insert(row);
    return true;
  } catch (error) {
    if (error instanceof RowRejectedError) {
      return false;
    }
    throw error;
  }
}
