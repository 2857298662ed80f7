import {
  Copier,
  CopierGroup,
  type CopierOptions,
  type CopierStats,
  type Rejection,
} from "../../../dist/index.js";
import { encodedSink } from "./encoded-sink.js";
import { copierSink, groupSink, insertSink, SOURCE_OPTIONS, type OpenSink } from "./sink.js";
import { sourceTable, type SourceRow } from "./unit.js";

/** Where the rows of sources are written. */
export interface WriterOptions {
  /** Bare; several are written as one group. */
  readonly tables: readonly string[];
  readonly schema: string;
  /** Qualified. */
  readonly ledger: string;
  /** Qualified; otherwise refused rows are told. */
  readonly letters?: string | undefined;
  /** Whether rows are encoded from bytes, if there is one table. @default false */
  readonly isEncoded?: boolean | undefined;
  readonly options: Pick<CopierOptions<SourceRow>, "databaseUrl" | "connections">;
}

/** What the readers of a run write through. */
export interface Writer extends AsyncDisposable {
  readonly stats: CopierStats;
  open(name: string, start: number): OpenSink;
  openInsert(start: number, onRefused: (row: SourceRow) => void): OpenSink;
  close(): Promise<void>;
}

/**
 * Connects to the tables, as one group if there are several.
 *
 * @param onReject is told of refused rows, unless they become letters
 */
export async function openWriter(
  { tables, schema, ledger, letters, isEncoded = false, options }: WriterOptions,
  onReject: (rejection: Rejection<SourceRow>) => void,
): Promise<Writer> {
  const all = { ...SOURCE_OPTIONS, ...options, ledger: { table: ledger } };
  const rejecting = letters === undefined ? { onReject } : { deadLetters: letters };
  const [first, ...others] = tables.map((name) => sourceTable(name, schema));
  if (others.length === 0) {
    const copier = await Copier.connect(first!, { ...all, ...rejecting });
    return {
      get stats() {
        return copier.stats;
      },
      open: (name, start) => (isEncoded ? encodedSink : copierSink)(copier, name, start),
      openInsert: (start, onRefused) => insertSink(copier, start, onRefused),
      close: () => copier.close(),
      [Symbol.asyncDispose]: () => copier.close({ timeoutMs: 0 }).catch(() => {}),
    };
  }
  const group = await CopierGroup.connect(all);
  const copiers: Copier<SourceRow>[] = [];
  for (const definition of [first!, ...others]) {
    copiers.push(await group.copier(definition, rejecting));
  }
  return {
    get stats() {
      return group.stats;
    },
    open: (name, start) => groupSink(group, copiers, name, start),
    openInsert: (start, onRefused) => insertSink(copiers[0]!, start, onRefused),
    close: () => group.close(),
    [Symbol.asyncDispose]: () => group.close({ timeoutMs: 0 }).catch(() => {}),
  };
}
