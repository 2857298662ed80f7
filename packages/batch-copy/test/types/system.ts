import { money } from "../../dist/codecs/number/money.js";
import { oid, regclass, regtype } from "../../dist/codecs/system/oid.js";
import { int2vector, oidvector } from "../../dist/codecs/system/oidvector.js";
import { pg_lsn } from "../../dist/codecs/system/pg-lsn.js";
import { pg_snapshot, txid_snapshot } from "../../dist/codecs/system/snapshot.js";
import { tid, type Tid } from "../../dist/codecs/system/tid.js";
import { cid, xid, xid8 } from "../../dist/codecs/system/transaction-id.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type Copier, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const all = table("everything", {
  a: oid,
  b: regclass,
  c: regtype.nullable(),
  d: xid,
  e: cid,
  f: xid8,
  g: tid,
  h: pg_lsn,
  i: pg_snapshot,
  j: txid_snapshot,
  k: int2vector,
  l: oidvector,
  m: money,
});
interface Everything {
  a: number | string;
  b: number | string;
  c?: number | string | null | undefined;
  d: number | string;
  e: number | string;
  f: bigint | number | string;
  g: Tid | string;
  h: bigint | string;
  i: string;
  j: string;
  k: readonly number[] | string;
  l: readonly number[] | string;
  m: bigint | number;
}
isTrue({} as Equal<RowOf<typeof all>, { [K in keyof Everything]: Everything[K] }>);

const some = table("some", { a: oid, b: tid, c: pg_lsn, d: money, e: int2vector });

export function rows(copier: Copier<RowOf<typeof some>>): void {
  void copier.send({ a: 1, b: { block: 0, offset: 1 }, c: "0/0", d: 1n, e: [1, 2] });
  void copier.send({ a: "1", b: "(0,1)", c: 0n, d: 1, e: "1 2" });
  // @ts-expect-error an OID is no bigint
  void copier.send({ a: 1n, b: "(0,1)", c: 0n, d: 1, e: [] });
  // @ts-expect-error a tid has an offset
  void copier.send({ a: 1, b: { block: 0 }, c: 0n, d: 1, e: [] });
  // @ts-expect-error an LSN is no number
  void copier.send({ a: 1, b: "(0,1)", c: 0, d: 1, e: [] });
  // @ts-expect-error money is no text
  void copier.send({ a: 1, b: "(0,1)", c: 0n, d: "1.00", e: [] });
  // @ts-expect-error elements are numbers
  void copier.send({ a: 1, b: "(0,1)", c: 0n, d: 1, e: ["1"] });
}
