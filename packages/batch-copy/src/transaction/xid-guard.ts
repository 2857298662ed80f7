import type { TextQueryable, TextRow } from "../text-query.js";
import type { Answer, Doubt, Guard, LostBackend, Proof } from "./guard.js";
import { INCARNATION_FIELDS, readIncarnation } from "./incarnation.js";
import type { Incarnations } from "./incarnations.js";
import type { Origin } from "./origin.js";
import { isRefusedQuestion, type PgServerError } from "./server-error.js";
import type { Statement } from "./statement.js";
import { inquire } from "./xid-inquiry.js";

/** What each transaction asks for before it writes: its id, and its backend. */
const QUESTION: string =
  "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text, pg_catalog.pg_backend_pid()::pg_catalog.text";

/** Looks an interrupted commit up by the id of its transaction. */
export class XidGuard implements Guard {
  readonly #incarnations: Incarnations;
  readonly #lockTimeoutMs: number | undefined;

  /**
   * @param lockTimeoutMs how long a transaction waits for a lock, unless the session's `lock_timeout` is
   * shorter; undefined for as long as the session does
   */
  constructor(incarnations: Incarnations, lockTimeoutMs: number | undefined) {
    this.#incarnations = incarnations;
    this.#lockTimeoutMs = lockTimeoutMs;
  }

  begin(origin: Origin, pid: number | undefined): Proof {
    return new XidProof(origin, pid, this.#lockTimeoutMs);
  }

  inquire(client: TextQueryable, doubt: Doubt): Promise<Answer> {
    return inquire(client, doubt, this.#incarnations);
  }
}

class XidProof implements Proof {
  readonly statements: readonly Statement[];
  #origin: Origin;
  #pid: number | undefined;
  #xid: string | undefined;

  constructor(origin: Origin, pid: number | undefined, lockTimeoutMs: number | undefined) {
    this.#origin = origin;
    this.#pid = origin.isPooled ? undefined : pid;
    this.statements = [
      { sql: question(origin, lockTimeoutMs), onRow: (fields) => this.#read(fields) },
    ];
  }

  get isComplete(): boolean {
    return this.#xid !== undefined;
  }

  get backend(): LostBackend | undefined {
    const [pid, xid, origin] = [this.#pid, this.#xid, this.#origin];
    return pid === undefined ? undefined : { pid, xid, origin };
  }

  get doubt(): Omit<Doubt, "since"> | undefined {
    const { backend } = this;
    return backend?.xid === undefined ? undefined : { ...backend, xid: backend.xid };
  }

  isAboutQuestion(error: PgServerError): boolean {
    return this.#xid === undefined && asksAlong(this.#origin) && isRefusedQuestion(error);
  }

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
        incarnation: readIncarnation(incarnation),
      };
    }
    this.#pid = pid;
  }
}

/** Whether each transaction over this connection asks for the incarnation of its server. */
function asksAlong({ isPooled, incarnation }: Origin): boolean {
  return isPooled && incarnation !== undefined;
}

function question(origin: Origin, lockTimeoutMs: number | undefined): string {
  const fields = asksAlong(origin) ? `${QUESTION}, ${INCARNATION_FIELDS}` : QUESTION;
  return lockTimeoutMs === undefined ? fields : `${fields} FROM ${limitOfLocks(lockTimeoutMs)}`;
}

/**
 * Sets `lock_timeout` for the transaction. Where that is a function's work, and not a statement's, it
 * takes no round trip and hardly any time. Intervals can read the units that settings are shown with
 * (https://www.postgresql.org/docs/current/config-setting.html, "Numeric with Unit").
 */
function limitOfLocks(timeoutMs: number): string {
  const own = "pg_catalog.current_setting('lock_timeout')";
  const isShorter =
    `${own}::interval OPERATOR(pg_catalog.>) '0'::interval ` +
    `AND ${own}::interval OPERATOR(pg_catalog.<) '${timeoutMs} ms'::interval`;
  const timeout = `CASE WHEN ${isShorter} THEN ${own} ELSE '${timeoutMs}ms' END`;
  return `pg_catalog.set_config('lock_timeout', ${timeout}, true)`;
}
