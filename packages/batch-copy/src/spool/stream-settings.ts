import type { Clock } from "../batch/clock.js";

/** What keeps a stream from being written or removed. */
export interface SpoolTrouble {
  /**
   * - `full`: the disk or `maxBytes` is full, and rows wait until there is room.
   * - `failed`: rows could not be written or synced. They are refused as soon as that is durable.
   * - `segment`: the next segment cannot be begun, and rows wait until it can.
   * - `removal`: a segment whose rows are committed cannot be removed, or not be rewritten without them.
   */
  readonly kind: "full" | "failed" | "segment" | "removal";
  readonly error: Error;
}

/** How a stream is written. */
export interface StreamSettings {
  /** The uuid of the stream. */
  readonly id: string;
  /** A segment that has reached this size is followed by the next one. */
  readonly segmentBytes: number;
  /**
   * What the stream and others of this process may take on disk. A single append that is larger is written once
   * nothing else is there.
   */
  readonly maxBytes: number;
  /** What other streams of this process take of it. */
  readonly otherBytes: () => number;
  /**
   * Whether there may be several tables, none of which may hold up the others: then segments that hold little but
   * committed rows are rewritten.
   */
  readonly isShared: boolean;
  /** Milliseconds for which a segment is kept after its rows were seen to be committed. */
  readonly retainMs: number;
  readonly clock: Clock;
  readonly onTrouble: (trouble: SpoolTrouble) => void;
  /** Whether the stream still belongs to this process. It is asked after each sync. */
  readonly isOurs: () => boolean;
}
