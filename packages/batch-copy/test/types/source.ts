// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  EncodeError,
  type BatchCopyError,
  type Copier,
  type Rejection,
  type Source,
  type SourceOptions,
  type SourceSendOptions,
} from "../../dist/index.js";

interface Row {
  readonly id: number;
  readonly note?: string | null;
}

export const options: SourceOptions[] = [
  {},
  { start: 0 },
  { start: 0n, onLost: (error: BatchCopyError) => void error.code },
  { start: undefined, onLost: undefined },
];
export const sendOptions: SourceSendOptions[] = [
  {},
  { invalid: "dead-letter" },
  { invalid: undefined, signal: undefined },
];

// @ts-expect-error there is nothing else to be done with it
void ({ invalid: "skip" } satisfies SourceSendOptions);
// @ts-expect-error a position is no string
void ({ start: "0" } satisfies SourceOptions);

export async function calls(copier: Copier<Row>): Promise<bigint> {
  await using source: Source<Row> = await copier.source("orders", { start: 0 });
  const name: string = source.name;
  void name;
  await source.send({ id: 1 }, 0);
  await source.send({ id: 1, note: null }, 1n, { invalid: "dead-letter" });
  await source.sendMany([], 2);
  await source.sendMany(new Set<Row>(), 3n, { signal: AbortSignal.timeout(1) });
  await source.advance(5);
  await source.flush();
  // @ts-expect-error the row has another type
  await source.send({ id: "x" }, 6);
  // @ts-expect-error there is no row without a position
  await source.send({ id: 1 });
  // @ts-expect-error asynchronous iterables may end after the position
  await source.sendMany(asynchronous(), 7);
  // @ts-expect-error the position is read only
  source.position = 0n;
  return source.position;
}

async function* asynchronous(): AsyncGenerator<Row> {
  yield { id: 1 };
}

export function column({ error }: Rejection<Row>): string | undefined {
  return error instanceof EncodeError ? error.column : undefined;
}
