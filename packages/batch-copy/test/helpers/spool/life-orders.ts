import type { StreamOwner } from "../../../dist/spool/entry-names.js";

/** What a process with a life is told to do. */
export type LifeOrder =
  /** To begin a stream. */
  | { readonly do: "begin" }
  /** To adopt these streams, all at once. */
  | { readonly do: "adopt"; readonly streams: readonly StreamOwner[] }
  /** To say which streams are its own. */
  | { readonly do: "ours" }
  /** To watch the directory, and listen to nobody any more: nothing keeps it alive then. */
  | { readonly do: "rest" };

/** What it answers when it has done that. */
export interface LifeReply {
  /** The uuids of the streams which that is about. */
  readonly ids: readonly string[];
}
