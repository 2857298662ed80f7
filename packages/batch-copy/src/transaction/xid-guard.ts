import type { TextQueryable, TextRow } from "../text-query.js";
import type { Doubt, Guard, LostBackend, Proof } from "./guard.js";
import { INCARNATION_FIELDS, readIncarnation } from "./incarnation.js";
import type { Incarnations } from "./incarnations.js";
import { limitOfLocks } from "./lock-limit.js";
import type { Origin } from "./origin.js";
import { isRefusedQuestion, type PgServerError } from "./server-error.js";
import type { Session } from "./session.js";
import type { Statement } from "./statement.js";
import { inquire } from "./xid-inquiry.js";

/** What a transaction asks for before it writes: its id, and its backend. */
export const QUESTION: string =
  "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text, pg_catalog.pg_backend_pid()::pg_catalog.text";

/** Looks an interrupted commit up by the id of its transaction. */
export class XidGuard implements Guard {
  readonly #incarnations: Incarnations;
  readonly #lockTimeoutMs: number | undefined;
  /** Clients over which transactions do not ask for the incarnation: the server did not answer. */
  readonly #refusing = new WeakSet<object>();

  /** @param lockTimeoutMs see `limitOfLocks`; undefined for as long as the session waits */
  constructor(incarnations: Incarnations, lockTimeoutMs: number | undefined) {
    this.#incarnations = incarnations;
    this.#lockTimeoutMs = lockTimeoutMs;
  }

  begin({ client, origin, pid }: Session): Proof {
    const asksAlong =
      origin.isPooled && origin.incarnation !== undefined && !this.#refusing.has(client);
    return new XidProof({
      origin,
      pid,
      asksAlong,
      lockTimeoutMs: this.#lockTimeoutMs,
      incarnations: this.#incarnations,
      onRefused: () => this.#refusing.add(client),
    });
  }
}

interface XidProofParts {
  readonly origin: Origin;
  readonly pid: number | undefined;
  /** Whether to ask for the incarnation of the server, too. */
  readonly asksAlong: boolean;
  readonly lockTimeoutMs: number | undefined;
  readonly incarnations: Incarnations;
  /** Called if the server does not answer that. */
  readonly onRefused: () => void;
}

class XidProof implements Proof {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[] = [];
  readonly confirm: undefined;
  readonly #parts: XidProofParts;
  #origin: Origin;
  #pid: number | undefined;
  #xid: string | undefined;

  constructor(parts: XidProofParts) {
    const { origin, pid } = parts;
    this.#parts = parts;
    this.#origin = origin;
    this.#pid = origin.isPooled ? undefined : pid;
    this.before = [{ sql: question(parts), onRow: (fields) => this.#read(fields) }];
  }

  get isComplete(): boolean {
    return this.#xid !== undefined;
  }

  get backend(): LostBackend | undefined {
    const [pid, xid, origin] = [this.#pid, this.#xid, this.#origin];
    return pid === undefined ? undefined : { pid, xid, origin };
  }

  get doubt(): Doubt | undefined {
    const { backend } = this;
    if (backend?.xid === undefined) {
      return undefined;
    }
    const transaction = { ...backend, xid: backend.xid };
    return {
      xid: transaction.xid,
      source: undefined,
      backend,
      mayBeWrittenAgain: true,
      inquire: (client: TextQueryable) => inquire(client, transaction, this.#parts.incarnations),
      dismiss: noop,
    };
  }

  /** Nothing of the rest has begun if the question was refused. */
  explain(error: PgServerError): "again" | undefined {
    const { asksAlong, onRefused } = this.#parts;
    if (this.#xid !== undefined || !asksAlong || !isRefusedQuestion(error)) {
      return undefined;
    }
    onRefused();
    return "again";
  }

  end(): void {}

  #read([xid, pid, ...incarnation]: TextRow): void {
    this.#xid = xid ?? undefined;
    this.#noteBackend(Number(pid), incarnation);
  }

  /** A connection that seemed to be direct may turn out to lead through a pooler. */
  #noteBackend(pid: number, incarnation: TextRow): void {
    if (this.#origin.isPooled || pid !== this.#pid) {
      this.#origin = {
        isPooled: true,
        backendStart: undefined,
        isReadCommitted: false,
        whyNoXactId: undefined,
        incarnation: readIncarnation(incarnation),
      };
    }
    this.#pid = pid;
  }
}

function question({ asksAlong, lockTimeoutMs }: XidProofParts): string {
  const fields = asksAlong ? `${QUESTION}, ${INCARNATION_FIELDS}` : QUESTION;
  return lockTimeoutMs === undefined ? fields : `${fields} FROM ${limitOfLocks(lockTimeoutMs)}`;
}

function noop(): void {}
