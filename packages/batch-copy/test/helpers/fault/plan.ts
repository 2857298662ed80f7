/** What befalls one connection of a {@link FaultProxy}, beginning with its first byte. */
export interface Plan {
  /** Where the fault happens. */
  readonly at?: Place;
  readonly fault?: Fault;
  /** Milliseconds after which a stalled or an abandoned connection goes on. @default never */
  readonly forMs?: number;
  /** How bytes are passed on; otherwise as they come. */
  readonly pace?: Pace;
}

export type Direction = "toServer" | "toClient";

export type Fault =
  /** Both sides are reset. */
  | "cut"
  /** Both sides are closed in order. */
  | "close"
  /**
   * The client's side is reset and the server is not told: a half-open backend. What was held back
   * goes on after `forMs`, then the server's side is closed.
   */
  | "abandon"
  /** Nothing is passed on any more in the direction of the place, and the connection stays. */
  | "stall";

/** A place in what one side sends. What comes before it is passed on, what comes after is held. */
export type Place = BytePlace | MessagePlace;

interface BytePlace {
  readonly direction: Direction;
  /** How many bytes come before. */
  readonly byte: number;
}

export interface MessagePlace {
  readonly direction: Direction;
  readonly side: "before" | "after";
  /** The type byte of the messages that count, or `startup`. @default every message */
  readonly type?: string;
  /** Which of them, from 1. */
  readonly nth: number;
  /** So many bytes further on. @default 0 */
  readonly plus?: number;
}

/** Few bytes at a time, slowly, or both. */
export interface Pace {
  readonly direction: Direction;
  readonly bytes: number;
  readonly delayMs: number;
}
