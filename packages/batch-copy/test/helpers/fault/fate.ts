/** What its sender was told of a row. */
export type Fate =
  /** Nothing yet. */
  | "issued"
  /** It was not accepted: not encodable, or the copier was closed. */
  | "declined"
  /** It is in the buffer. */
  | "accepted"
  /** It is committed. */
  | "confirmed"
  /** The server refused it. */
  | "refused"
  /** It was handed back, surely not committed. */
  | "undelivered"
  /** It was handed back, in the table or not. */
  | "inDoubt";
