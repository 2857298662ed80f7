import type { Client, Pool, PoolClient } from "pg";

// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  forgetSource,
  readLedger,
  type BatchCopyError,
  type CopierGroupOptions,
  type CopierOptions,
  type FencedError,
  type InDoubtMessage,
  type LedgerEntry,
  type OutcomeUnknownError,
  type RewoundError,
  type RowsInDoubt,
  type TableCopierOptions,
} from "../../dist/index.js";

export const options: CopierOptions[] = [
  { ledger: true },
  { ledger: false },
  { ledger: undefined },
  { ledger: {} },
  { ledger: { table: "app.ledger", create: false } },
];
export const ofGroup: CopierGroupOptions = { ledger: { table: undefined } };

// @ts-expect-error a name alone
void ({ ledger: "app.ledger" } satisfies CopierOptions);
// @ts-expect-error there is no such part
void ({ ledger: { name: "app.ledger" } } satisfies CopierOptions);
// @ts-expect-error it is one of the group
void ({ ledger: true } satisfies TableCopierOptions);

export async function calls(pool: Pool, client: Client | PoolClient): Promise<LedgerEntry[]> {
  const wasThere: boolean = await forgetSource(client, "orders/3", { table: "app.ledger" });
  void wasThere;
  const [entry] = await readLedger(client);
  const isConnected: boolean | undefined = entry!.isConnected;
  void isConnected;
  // @ts-expect-error positions are of type bigint
  void (entry!.position satisfies number);
  // @ts-expect-error entries are read only
  entry!.position = 5n;
  // @ts-expect-error a name is a string
  await forgetSource(pool, 3);
  return readLedger(pool, { table: "app.ledger" });
}

export function errors(
  doubt: RowsInDoubt | OutcomeUnknownError | InDoubtMessage,
  lost: FencedError | RewoundError,
  error: BatchCopyError,
): string {
  const xid: string | undefined = doubt.xid;
  // @ts-expect-error it may be undefined
  void (doubt.xid satisfies string);
  const committed: bigint | undefined = lost.code === "REWOUND" ? lost.committed : undefined;
  const isOurs = error.code === "POSITION" || error.code === "SOURCE_UNKNOWN";
  return `${lost.source} ${doubt.source} ${xid} ${committed} ${isOurs}`;
}
