import { isLimitExceeded } from "../codecs/limit-error.js";
import type { EncodeError } from "../errors.js";
import { SchemaMismatchError } from "../errors.js";
import { clearTimeout, now, setTimeout } from "../timers.js";
import type { Queryable } from "./ask-catalog.js";
import type { CopyTarget } from "./copy-target.js";
import type { RowFormat } from "./row-format.js";
import type { RowFormats } from "./row-formats.js";

/** Minimum time between two looks at the catalog because of invalid rows. */
const MIN_INTERVAL_MS = 1000;
/** An invalid row is rejected after this time at the latest, also if the server does not answer. */
const MAX_WAIT_MS = 200;

/** What a form works with. */
export interface TableFormParts<Row extends object> {
  readonly target: CopyTarget;
  /** Where formats come from. */
  readonly formats: RowFormats;
  /**
   * Whether the types are those of the catalog, and not of a definition: only then can a row that does
   * not fit now fit later.
   */
  readonly isFromCatalog: boolean;
  /** Looks at the table again, over any connection or over this one. */
  readonly find: (connection?: Queryable) => Promise<CopyTarget>;
  /** Called with what was found. */
  readonly onFound: (target: CopyTarget) => void;
  /** Called when rows have to be written in another way from now on. */
  readonly onChange: (format: RowFormat<Row>) => void;
}

/** How rows of a table are written, which a migration may change while a copier runs. */
export class TableForm<Row extends object> {
  readonly #parts: TableFormParts<Row>;
  #fingerprint: string;
  #format: RowFormat<Row>;
  #look: Promise<Error | undefined> | undefined;
  #lookedAt = now();
  #triedAt = -Infinity;

  constructor(parts: TableFormParts<Row>) {
    this.#parts = parts;
    this.#fingerprint = parts.target.fingerprint;
    this.#format = this.#formatOf(parts.target);
  }

  /** How rows are written now. */
  get format(): RowFormat<Row> {
    return this.#format;
  }

  /**
   * Looks at the table again. Never rejects.
   *
   * @returns the mismatch, if the table does not fit any more
   */
  look(): Promise<Error | undefined> {
    this.#look ??= this.#lookOnce().finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  /**
   * Looks at the table again because of an invalid row that it may take by now.
   *
   * @returns whether rows are written in another way now; undefined if the look would be useless
   */
  renewFor(error: EncodeError): Promise<boolean> | undefined {
    const isOfUse = this.#parts.isFromCatalog && isLimitExceeded(error);
    const isLate = this.#look !== undefined || now() - this.#triedAt >= MIN_INTERVAL_MS;
    if (!isOfUse || !isLate) {
      return undefined;
    }
    const before = this.#format;
    return within(MAX_WAIT_MS, this.look()).then(() => this.#format !== before);
  }

  /** When the table was last found, by the clock of `timers.js`. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** As {@link look}, over a connection. */
  async lookOver(connection: Queryable): Promise<void> {
    await this.#lookOnce(connection);
  }

  async #lookOnce(connection?: Queryable): Promise<Error | undefined> {
    this.#triedAt = now();
    try {
      this.become(await this.#parts.find(connection));
      return undefined;
    } catch (error) {
      // Without a connection, nothing is known about the table.
      return error instanceof SchemaMismatchError ? error : undefined;
    }
  }

  /** From now on rows are written as to this target. */
  become(target: CopyTarget): void {
    this.#lookedAt = now();
    this.#parts.onFound(target);
    if (target.fingerprint !== this.#fingerprint) {
      this.#fingerprint = target.fingerprint;
      this.#format = this.#formatOf(target);
      this.#parts.onChange(this.#format);
    }
  }

  #formatOf({ columns, fingerprint }: CopyTarget): RowFormat<Row> {
    const { formats, isFromCatalog } = this.#parts;
    return formats.of(columns, isFromCatalog ? fingerprint : undefined);
  }
}

/** Resolves when the work is done, or after this time. */
function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
