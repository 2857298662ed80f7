/** A place between two frames of a stream. */
export interface Cursor {
  /** The number of the segment. */
  readonly segment: number;
  /** In bytes, from the beginning of the segment's file. */
  readonly position: number;
}
