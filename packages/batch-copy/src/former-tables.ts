import { ClosedError } from "./errors.js";
import { findTableNow } from "./find-table.js";
import type { Hub } from "./hub.js";
import type { StoredForm } from "./spool/stored-form.js";
import type { FormerTable, FormerTarget } from "./spooling/former-target.js";
import type { SpooledTable } from "./spooling/spooled-table.js";
import { storedColumns, storedSettings } from "./spooling/stored-form.js";
import { TableParts, type TableSettings } from "./table-parts.js";

/** How rows of former lives are written that say nothing else themselves. */
export interface FormerTableSettings extends TableSettings<never> {
  readonly deadLetters: string | undefined;
}

/**
 * The tables that rows of former lives are written to, as they were opened then: with the same columns and
 * keys, `onConflict` and `deadLetters`. Their `onReject` is that of this copier or group.
 */
export class FormerTables implements FormerTarget {
  readonly #hub: Hub;
  readonly #settings: FormerTableSettings;
  readonly #open = new Map<string, Promise<TableParts<never>>>();
  #isAbandoned = false;

  constructor(hub: Hub, settings: FormerTableSettings) {
    this.#hub = hub;
    this.#settings = settings;
  }

  async of(form: StoredForm): Promise<FormerTable> {
    if (this.#isAbandoned) {
      throw new ClosedError();
    }
    const { name, columns, settings } = form;
    const key = JSON.stringify([name, columns, settings]);
    const opening = this.#open.get(key) ?? this.#find(form);
    this.#open.set(key, opening);
    opening.catch(() => this.#open.delete(key));
    const { path } = await opening;
    return path as SpooledTable<never>;
  }

  abandon(message: string): void {
    this.#isAbandoned = true;
    for (const opening of this.#open.values()) {
      opening.then((parts) => parts.abandon(message), noop);
    }
  }

  async #find(form: StoredForm): Promise<TableParts<never>> {
    const fields = storedColumns(form).map(({ key, name }) => ({ key, name }));
    const { conflict, deadLetters = this.#settings.deadLetters } = storedSettings(form);
    const found = await findTableNow(this.#hub, {
      table: form.name,
      // Rows with values for columns that are gone do not fit any more.
      fieldsOf: ({ columns: now }) =>
        fields.filter(({ name }) => now.some((one) => one.name === name)),
      conflict: conflict && { ...conflict, nameOf: (key) => conflict.names[key] ?? key },
      deadLetters,
    });
    const parts = new TableParts<never>(this.#hub, found, this.#settings);
    parts.delivery.keepOrder();
    return parts;
  }
}

function noop(): void {}
