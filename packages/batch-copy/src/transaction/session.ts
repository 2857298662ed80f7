import type { TextQueryable } from "../text-query.js";
import type { Origin } from "./origin.js";

/** A connection, as far as what is said over it depends on it. */
export interface Session {
  /** The same object as long as the connection is the same. */
  readonly client: object;
  readonly origin: Origin;
  /** The pid of the backend, as far as the driver knows. */
  readonly pid: number | undefined;
  /** Whether nobody else uses the connection, so that temporary tables stay as they are. */
  readonly isOwn: boolean;
  /** Whether transactions are known to be READ COMMITTED by default. */
  readonly isReadCommitted: boolean;
  /** Asks the server something before the transaction. */
  ask<Result>(work: (client: TextQueryable) => Promise<Result>): Promise<Result>;
}
