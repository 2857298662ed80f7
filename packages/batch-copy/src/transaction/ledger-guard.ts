import type { TextQueryable, TextRow } from "../text-query.js";
import { GuardForms } from "./guard-forms.js";
import type { Chain, Confirm, Doubt, Guard, GuardedOrder, LostBackend, Proof } from "./guard.js";
import type { LaneSource } from "./lane-source.js";
import type { LaneSources } from "./lane-sources.js";
import { confirm, inquireLedger } from "./ledger-inquiry.js";
import type { Move } from "./ledger-source.js";
import { READ_COMMITTED, type LedgerStatements } from "./ledger-statements.js";
import { limitOfLocks } from "./lock-limit.js";
import type { PgServerError } from "./server-error.js";
import type { Session } from "./session.js";
import type { Statement } from "./statement.js";
import { QUESTION } from "./xid-guard.js";

/** What a guard by the ledger works with. */
export interface LedgerGuardParts {
  readonly statements: LedgerStatements;
  readonly lanes: LaneSources;
  /** See `limitOfLocks`; undefined for as long as the session waits. */
  readonly lockTimeoutMs: number | undefined;
}

/** Moves rows of the ledger in the transaction, so that they tell whether it committed. */
export class LedgerGuard implements Guard {
  readonly #parts: LedgerGuardParts;
  readonly #forms: GuardForms;

  constructor(parts: LedgerGuardParts) {
    this.#parts = parts;
    this.#forms = new GuardForms(parts.statements.preparedName);
  }

  begin(session: Session, order: GuardedOrder): Proof | Promise<Proof> {
    const lane = order.isOfLane ? this.#parts.lanes.take(session) : undefined;
    return lane instanceof Promise
      ? lane.then((claimed) => this.#begin(session, order, claimed))
      : this.#begin(session, order, lane);
  }

  #begin(session: Session, order: GuardedOrder, lane: LaneSource | undefined): Proof {
    lane?.expect(order.rows, order.onForgotten);
    const own =
      lane === undefined ? [] : [{ source: lane, from: lane.position, to: lane.position + 1n }];
    return new LedgerProof(session, {
      statements: this.#parts.statements,
      lanes: this.#parts.lanes,
      lockTimeoutMs: this.#parts.lockTimeoutMs,
      forms: this.#forms,
      lane,
      chain: order.chain,
      moves: [...own, ...order.moves],
    });
  }
}

interface LedgerProofParts extends LedgerGuardParts {
  readonly forms: GuardForms;
  readonly lane: LaneSource | undefined;
  readonly chain: Chain | undefined;
  readonly moves: readonly Move[];
}

class LedgerProof implements Proof {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
  readonly isComplete = true;
  readonly #session: Session;
  readonly #parts: LedgerProofParts;
  #pooledBackend: LostBackend | undefined;
  #holdsLane: boolean;

  constructor(session: Session, parts: LedgerProofParts) {
    this.#holdsLane = parts.lane !== undefined;
    this.#session = session;
    this.#parts = parts;
    const { moves, lockTimeoutMs } = parts;
    const limit =
      lockTimeoutMs === undefined ? [] : [{ sql: `SELECT FROM ${limitOfLocks(lockTimeoutMs)}` }];
    if (moves.length === 0) {
      this.before = limit;
      this.after = [];
      return;
    }
    const isolation = session.isReadCommitted ? [] : [{ sql: READ_COMMITTED }];
    const { preparation, guard } = this.#guard;
    const own = [...preparation, ...this.#question, ...holdChain(parts.chain)];
    this.before = [...isolation, ...limit, ...own];
    this.after = [...waitForChain(parts.chain), guard];
  }

  get backend(): LostBackend | undefined {
    const { origin, pid } = this.#session;
    const isKnown = !origin.isPooled && pid !== undefined;
    return isKnown ? { pid, xid: undefined, origin } : this.#pooledBackend;
  }

  get doubt(): Doubt {
    const { statements, moves, lane } = this.#parts;
    // Users cannot tell what the position of a lane says.
    const named = moves.find(({ source }) => source !== lane) ?? moves[0];
    return {
      xid: undefined,
      source: named?.source.name,
      backend: this.backend,
      mayBeWrittenAgain: false,
      inquire: async (client: TextQueryable) => {
        const answer = await inquireLedger(client, statements, moves);
        if (answer === "committed") {
          this.#reach();
        }
        if (answer !== "pending") {
          this.#giveLaneBack();
        }
        return answer;
      },
      dismiss: () => this.#giveLaneBack(),
    };
  }

  /** A new owner may have written the row that is now refused as a duplicate. */
  get confirm(): Confirm | undefined {
    const { statements, moves, lane } = this.#parts;
    const sources = moves.map(({ source }) => source).filter((source) => source !== lane);
    return sources.length === 0 ? undefined : (client) => confirm(client, statements, sources);
  }

  explain(error: PgServerError): "again" | "stopped" | undefined {
    const { statements, forms } = this.#parts;
    if (statements.isUnmoved(error)) {
      return "stopped";
    }
    if (!statements.isAboutPreparation(error)) {
      return undefined;
    }
    forms.onRefused(this.#session.client);
    return "again";
  }

  end(isCommitted: boolean): void {
    if (isCommitted) {
      this.#reach();
      const { isPooled, incarnation } = this.#session.origin;
      this.#parts.lane?.foundOn(isPooled ? undefined : incarnation);
    }
    this.#giveLaneBack();
  }

  /** Behind a pooler, a backend that is lost is found by its transaction only. */
  get #question(): Statement[] {
    const { origin } = this.#session;
    if (!origin.isPooled || origin.whyNoXactId !== undefined) {
      return [];
    }
    const onRow = ([xid, pid]: TextRow): void => {
      this.#pooledBackend = { pid: Number(pid), xid: xid ?? undefined, origin };
    };
    return [{ sql: QUESTION, onRow }];
  }

  /** The guard of one move is prepared, if the session is ours for more than a transaction. */
  get #guard(): { readonly preparation: readonly Statement[]; readonly guard: Statement } {
    const { statements, forms, moves } = this.#parts;
    const { client, origin } = this.#session;
    const form = moves.length > 1 || origin.isPooled ? "plain" : forms.of(client);
    if (form === "plain") {
      return { preparation: [], guard: { sql: statements.move(moves) } };
    }
    const guard = { sql: statements.execute(moves[0]!) };
    if (form === "prepared") {
      return { preparation: [], guard };
    }
    // It is prepared even if the transaction is rolled back.
    const prepare = { sql: statements.prepare, onTag: () => forms.onPrepared(client) };
    return { preparation: [prepare], guard };
  }

  #reach(): void {
    this.#parts.moves.forEach(({ source, to }) => source.reach(to));
  }

  #giveLaneBack(): void {
    const { lane, lanes } = this.#parts;
    if (lane !== undefined && this.#holdsLane) {
      // Two transactions over one lane would take each other's position for their own.
      this.#holdsLane = false;
      lanes.giveBack(lane);
    }
  }
}

function holdChain(chain: Chain | undefined): Statement[] {
  if (chain?.onHeld === undefined) {
    return [];
  }
  const lock = lockAt(chain, chain.place);
  return [{ sql: `SELECT pg_catalog.pg_advisory_xact_lock(${lock})`, onTag: chain.onHeld }];
}

function waitForChain(chain: Chain | undefined): Statement[] {
  return chain?.waits === true
    ? [{ sql: `SELECT pg_catalog.pg_advisory_xact_lock_shared(${lockAt(chain, chain.place - 1)})` }]
    : [];
}

/** The numbers of an advisory lock are integers of 32 bits, and a copier may write more batches. */
function lockAt({ key }: Chain, place: number): string {
  return `${key}, ${place % 2 ** 31}`;
}
