import {
  RowRejectedError,
  type Copier,
  type CopierGroup,
  type CopierOptions,
} from "../../../dist/index.js";
import { isFlawedRow, type SourceRow, type Unit } from "./unit.js";

/** An opened source, whatever its rows go to. */
export interface Sink {
  /** What is committed. */
  readonly position: number;
  send(position: number, unit: Unit): Promise<void>;
  advance(position: number): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a source. */
export type OpenSink = () => Promise<Sink>;

/** A source of one copier. */
export function copierSink(copier: Copier<SourceRow>, name: string, start: number): OpenSink {
  return async () => {
    const source = await copier.source(name, { start });
    return {
      get position() {
        return Number(source.position);
      },
      send(position, unit) {
        return unit?.length === 1
          ? source.send(unit[0]!, position)
          : source.sendMany(unit ?? [], position);
      },
      advance: (position) => source.advance(position),
      flush: () => source.flush(),
      close: () => source.close(),
    };
  };
}

/** A source of several tables: a row goes to the one that its key says. */
export function groupSink(
  group: CopierGroup,
  copiers: readonly Copier<SourceRow>[],
  name: string,
  start: number,
): OpenSink {
  const copierOf = ({ key }: SourceRow): Copier<SourceRow> =>
    copiers[Number(key) % copiers.length]!;
  return async () => {
    const source = await group.source(name, { start });
    return {
      get position() {
        return Number(source.position);
      },
      send(position, unit) {
        return unit?.length === 1
          ? source.send(copierOf(unit[0]!), unit[0]!, position)
          : source.sendMany(
              (unit ?? []).map((row) => [copierOf(row), row] as const),
              position,
            );
      },
      advance: (position) => source.advance(position),
      flush: () => source.flush(),
      close: () => source.close(),
    };
  };
}

/** Single rows by `insert()`, without a source: what is committed is known as long as the process lives. */
export function insertSink(
  copier: Copier<SourceRow>,
  start: number,
  onRefused: (row: SourceRow) => void,
): OpenSink {
  let committed = start;
  return () =>
    Promise.resolve({
      get position() {
        return committed;
      },
      async send(position, unit) {
        if (unit !== undefined) {
          await insertUnit(copier, unit, onRefused);
        }
        committed = position + 1;
      },
      advance: (position) => {
        committed = position;
        return Promise.resolve();
      },
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    });
}

/** As a source does, refuses all rows of a unit if one is refused: those with a flaw come first. */
async function insertUnit(
  copier: Copier<SourceRow>,
  unit: readonly SourceRow[],
  onRefused: (row: SourceRow) => void,
): Promise<void> {
  const flawedFirst = [...unit.filter(isFlawedRow), ...unit.filter((row) => !isFlawedRow(row))];
  try {
    for (const row of flawedFirst) {
      await copier.insert(row);
    }
  } catch (error) {
    if (!(error instanceof RowRejectedError)) {
      throw error;
    }
    unit.forEach(onRefused);
  }
}

/** Small batches and short waits. */
export const SOURCE_OPTIONS = {
  connections: 2,
  maxBatchRows: 60,
  maxBufferedBytes: 64 * 1024,
  flushIntervalMs: 5,
  connectTimeoutMs: 1000,
  retry: { minDelayMs: 1, maxDelayMs: 20 },
} satisfies CopierOptions<SourceRow>;
