// Checked by the compiler: each line below @ts-expect-error must not compile.
import type { Copier, EncodeError, InvalidRow } from "../../dist/index.js";

interface Metric {
  readonly url: string;
  readonly latency_ms?: number;
}

declare const copier: Copier<Metric>;
declare function report(row: Metric, error: EncodeError): void;
declare function save(invalid: InvalidRow<Metric>): Promise<void>;

copier.writable();
copier.writable({ onInvalid: ({ row, error }) => report(row, error) });
copier.writable({ onInvalid: save });
copier.writable({ onInvalid: undefined });
// @ts-expect-error there is no such option
copier.writable({ onReject: save });
// @ts-expect-error rows have no such key
copier.writable({ onInvalid: ({ row }) => row.latency });
// @ts-expect-error a handler, not a policy
copier.writable({ onInvalid: "skip" });
