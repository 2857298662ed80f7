import type { Run } from "./rewrite-segments.js";
import type { Committed, Segment } from "./segment.js";

/** Of a segment. Smaller files are joined, so that there are not ever more of them. */
const SMALL = 1 / 4;

/**
 * Runs of segments that take at most half of their room when they are rewritten to one, which is no larger than
 * a segment. So no more bytes are written than become free.
 *
 * @param list segments that follow each other; the newest one stays as it is
 */
export function runsOf(
  list: readonly Segment[],
  settled: Committed,
  segmentBytes: number,
  damaged: ReadonlySet<Segment>,
): readonly Run[] {
  const runs: Run[] = [];
  let segments: Segment[] = [];
  let [bytes, needed] = [0, 0];
  for (const segment of list) {
    const own = segment.bytesNeeded(settled);
    const isLoose = own <= segment.bytes / 2 || segment.bytes <= segmentBytes * SMALL;
    const joins = isLoose && segment !== list.at(-1) && !damaged.has(segment);
    if (!joins || needed + own > segmentBytes) {
      if (needed + segment.start <= bytes / 2) {
        runs.push({ segments, next: segment });
      }
      segments = [];
      [bytes, needed] = [0, 0];
    }
    if (joins) {
      segments.push(segment);
      bytes += segment.bytes;
      needed += own;
    }
  }
  return runs;
}
