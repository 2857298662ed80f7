import type { Incarnation } from "./incarnation.js";

/** The server and the backend that a connection leads to. */
export interface Origin {
  /** Whether there is a pooler between us and the server: each transaction may use another backend. */
  readonly isPooled: boolean;
  /** When the backend started; unknown behind a pooler. */
  readonly backendStart: string | undefined;
  /** Whether transactions were READ COMMITTED by default when it was asked for. */
  readonly isReadCommitted: boolean;
  /** Why transactions cannot ask for their ids; undefined if they can. */
  readonly whyNoXactId: string | undefined;
  /** Unknown if the server does not answer. Behind a pooler, each batch asks for it. */
  readonly incarnation: Incarnation | undefined;
}
