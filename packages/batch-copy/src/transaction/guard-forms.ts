/** How the guard of one move is said: `unprepared` if it is to be prepared first. */
export type GuardForm = "unprepared" | "prepared" | "plain";

/** What sessions know of the guards of all ledgers, by their names: copiers may share a pool's clients. */
const sessions = new WeakMap<object, Map<string, "prepared" | "plain">>();

/**
 * Knows which sessions have prepared the guard of a ledger. It is said as plain text over those which
 * have forgotten it, because their pool resets them (`DISCARD ALL`), and over all of them if one had
 * prepared it without our knowledge: then sessions cannot be told by their clients.
 */
export class GuardForms {
  readonly #name: string;
  #isPlain = false;

  /** @param name that of the prepared statement */
  constructor(name: string) {
    this.#name = name;
  }

  of(client: object): GuardForm {
    return this.#isPlain ? "plain" : (sessions.get(client)?.get(this.#name) ?? "unprepared");
  }

  /** Called when the session of the client has prepared the guard. */
  onPrepared(client: object): void {
    this.#note(client, "prepared");
  }

  /** Called if the session of the client has refused to prepare the guard, or does not know it. */
  onRefused(client: object): void {
    this.#isPlain ||= this.of(client) === "unprepared";
    this.#note(client, "plain");
  }

  #note(client: object, form: "prepared" | "plain"): void {
    const forms = sessions.get(client) ?? new Map<string, "prepared" | "plain">();
    sessions.set(client, forms.set(this.#name, form));
  }
}
