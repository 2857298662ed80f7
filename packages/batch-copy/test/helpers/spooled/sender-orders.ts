import type { CopierOptions } from "../../../dist/index.js";
import type { AnyRow } from "../source-scene.js";

/** What a process that sends rows over a spool is started with. */
export interface SenderConfig {
  /** The table of its copier; without one, it has a group. */
  readonly table: string | undefined;
  /** Rejected rows are ignored, unless there are dead letters. */
  readonly options: Omit<CopierOptions<AnyRow>, "onReject" | "pool">;
}

/** What it is told to do. */
export type SenderOrder = { readonly number: number } & (
  | {
      readonly do: "send";
      readonly rows: readonly AnyRow[];
      /** The table, if it has a group. */
      readonly to?: string | undefined;
    }
  | { readonly do: "close"; readonly timeoutMs?: number | undefined }
);

/** What it answers when it is connected, which is order 0, and when it has done something. */
export interface SenderReply {
  readonly number: number;
  readonly error?: string | undefined;
}
