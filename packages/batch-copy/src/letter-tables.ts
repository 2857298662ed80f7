import type { Connections } from "./copy/connections.js";
import { openLetterTable, type LetterTable } from "./dead-letters/letter-table.js";

/** The tables of dead letters of a group, by the names that they were given by. Many tables share one. */
export class LetterTables {
  readonly #connections: Connections;
  readonly #opening = new Map<string, Promise<LetterTable>>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /**
   * Looks the table up, or creates it, when its name is given for the first time.
   *
   * @throws SchemaMismatchError and ConnectError; then the next call tries again.
   */
  open(name: string): Promise<LetterTable> {
    let opening = this.#opening.get(name);
    if (opening === undefined) {
      opening = this.#connections.use((client) => openLetterTable(name, client));
      this.#opening.set(name, opening);
      opening.catch(() => this.#opening.delete(name));
    }
    return opening;
  }
}
