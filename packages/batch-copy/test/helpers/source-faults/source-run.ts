import type { CopierStats } from "../../../dist/index.js";
import type { FoundRow } from "../fault/books-report.js";
import type { OpenSink } from "./sink.js";
import { SourceBooks } from "./source-books.js";
import { SourceReader } from "./source-reader.js";
import { selectFound, type SourceTableKind } from "./source-tables.js";
import { positionOf, sourceTable, SPAN } from "./unit.js";
import { openWriter, type Writer, type WriterOptions } from "./writer.js";

/** What is read, and where it is written. */
export interface SourceRunOptions extends WriterOptions {
  readonly kind: SourceTableKind;
  /** How many sources are read at once. @default 1 */
  readonly sources?: number;
  /** How many of them another copier reads too: each takes them from the other. @default 0 */
  readonly contested?: number;
  /** How many producers insert beside them, one row after the other. @default 0 */
  readonly inserters?: number;
  /** Whether the server may forget what it has committed. @default false */
  readonly mayRewind?: boolean;
  readonly seed: number;
}

/** A source that is read. */
interface Reading {
  /** Of the source, or of the producer after all sources. */
  readonly number: number;
  readonly reader: SourceReader;
  readonly running: Promise<number | undefined>;
}

/** Runs a query, and returns its rows. */
export type Ask = <Row>(sql: string) => Promise<Row[]>;

/** Makes the tables of a run. */
export function ddlOf({
  kind,
  tables,
  schema,
}: Pick<SourceRunOptions, "kind" | "tables" | "schema">): string {
  return tables
    .map((name) => {
      const { ddl } = sourceTable(name, schema);
      return `${ddl};${kind.ddl.replaceAll("{t}", `${schema}.${name}`)}`;
    })
    .join("");
}

/** Sources that are read in this process, and written to tables. */
export class SourceRun {
  readonly #options: SourceRunOptions;
  readonly #writers: readonly Writer[];
  readonly #books: readonly SourceBooks[];
  readonly #readings: readonly Reading[];
  /** Where each source or producer has ended. */
  readonly #ends: number[] = [];
  #failure: unknown;

  /** The tables must be there. */
  static async start(options: SourceRunOptions): Promise<SourceRun> {
    const { sources = 1, inserters = 0, contested = 0 } = options;
    const books = Array.from({ length: sources + inserters }, (_, n) => booksOf(options, n));
    const connect = (): Promise<Writer> =>
      openWriter(options, ({ row }) => {
        const id = Number(row.id);
        books[Math.floor(positionOf(id) / SPAN)]!.enter({ what: "refused", id });
      });
    const writer = await connect();
    const writers = contested === 0 ? [writer] : [writer, await connect()];
    const start = (number: number, open: OpenSink, seed: number): Reading => {
      const enter = books[number]!.enter.bind(books[number]);
      const reader = new SourceReader(open, { enter, seed });
      return { number, reader, running: reader.run() };
    };
    const readings = books.map((own, n) => {
      const open =
        n < sources
          ? writer.open(nameOf(n), n * SPAN)
          : writer.openInsert(n * SPAN, ({ id }) => own.enter({ what: "refused", id: Number(id) }));
      return start(n, open, options.seed + n);
    });
    const rivals = books.slice(0, contested).map((_, n) => {
      return start(n, writers.at(-1)!.open(nameOf(n), n * SPAN), options.seed - 1 - n);
    });
    return new SourceRun(options, writers, books, [...readings, ...rivals]);
  }

  private constructor(
    options: SourceRunOptions,
    writers: readonly Writer[],
    books: readonly SourceBooks[],
    readings: readonly Reading[],
  ) {
    this.#options = options;
    this.#writers = writers;
    this.#books = books;
    this.#readings = readings;
    for (const { running } of readings) {
      running.catch((error: unknown) => (this.#failure ??= error));
    }
  }

  /** @throws the error with which a reader has ended, which nobody expects */
  throwIfFailed(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  /** Those of the first copier. */
  get stats(): CopierStats {
    return this.#writers[0]!.stats;
  }

  get counts(): { opened: number; rejections: number; fenced: number; rewound: number } {
    const sum = { opened: 0, rejections: 0, fenced: 0, rewound: 0 };
    for (const { counts } of this.#books) {
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) {
        sum[key] += counts[key];
      }
    }
    return sum;
  }

  /** How many positions have been read. */
  get read(): number {
    return this.#ends.reduce((sum, end, n) => sum + end - n * SPAN, 0);
  }

  /** Ends the reading, when all that was read is committed. */
  async end(): Promise<void> {
    this.#readings.forEach(({ reader }) => reader.stop());
    for (const { number, running } of this.#readings) {
      this.#ends[number] = Math.max(this.#ends[number] ?? 0, (await running)!);
    }
    await Promise.all(this.#writers.map((writer) => writer.close()));
  }

  /** Leaves nothing at work, also where a test has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#readings.forEach(({ reader }) => reader.stop());
    await Promise.all(this.#writers.map((writer) => writer[Symbol.asyncDispose]()));
    await Promise.allSettled(this.#readings.map(({ running }) => running));
  }

  /** Compares with the tables and the ledger. */
  async problems(ask: Ask): Promise<string[]> {
    const { schema, tables, letters, ledger } = this.#options;
    const rows = await foundIn(
      tables.map((name) => `${schema}.${name}`),
      ask,
    );
    const found = letters
      ? await ask<{ id: number }>(`SELECT ("row"->>'id')::float8 AS id FROM ${letters}`)
      : [];
    const positions = await ask<{ source: string; position: string }>(
      `SELECT source, position FROM ${ledger}`,
    );
    const problems = this.#books.flatMap((books, n) => {
      const name = nameOf(n);
      const end = this.#ends[n]!;
      const own = books.problems({ end, rows, letters: found.map(({ id }) => id) });
      const position = positions.find(({ source }) => source === name)?.position;
      const isSource = n < (this.#options.sources ?? 1);
      const wrong = isSource && position !== `${end}` ? [`ledger at ${position}, not ${end}`] : [];
      return [...own, ...wrong].map((problem) => `${name}: ${problem}`);
    });
    const left = positions.filter(({ source }) => source.startsWith("lane/"));
    return left.length === 0 ? problems : [...problems, `${left.length} lanes left in the ledger`];
  }
}

/** All rows of the tables. */
export async function foundIn(tables: readonly string[], ask: Ask): Promise<FoundRow[]> {
  const found = await Promise.all(tables.map((name) => ask<FoundRow>(selectFound(name))));
  return found.flat();
}

function nameOf(number: number): string {
  return `source/${number}`;
}

function booksOf({ kind, letters, mayRewind = false }: SourceRunOptions, n: number): SourceBooks {
  const hasLetters = letters !== undefined;
  return new SourceBooks({ start: n * SPAN, refuses: kind.refuses, hasLetters, mayRewind });
}
