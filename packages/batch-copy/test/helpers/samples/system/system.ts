import fc from "fast-check";

import {
  oid,
  regclass,
  regcollation,
  regconfig,
  regdictionary,
  regnamespace,
  regoper,
  regoperator,
  regproc,
  regprocedure,
  regrole,
  regtype,
} from "../../../../dist/codecs/system/oid.js";
import { int2vector, oidvector } from "../../../../dist/codecs/system/oidvector.js";
import { pg_lsn } from "../../../../dist/codecs/system/pg-lsn.js";
import { pg_snapshot, txid_snapshot } from "../../../../dist/codecs/system/snapshot.js";
import { tid } from "../../../../dist/codecs/system/tid.js";
import { cid, xid, xid8 } from "../../../../dist/codecs/system/transaction-id.js";
import type { Refusal, Sample, TypeSamples } from "../../type-sample.js";

const MAX_UINT64 = 2n ** 64n - 1n;

const uint32 = fc.oneof(
  fc.nat(0xffffffff),
  fc.nat(20_000),
  fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1),
);
const uint32Values = fc
  .tuple(uint32, fc.boolean())
  .map(([value, isText]): [unknown, string] => [isText ? String(value) : value, String(value)]);
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_UINT64 }),
  fc.bigInt({ min: 0n, max: 100n }),
  fc.constantFrom(2n ** 63n, 2n ** 63n - 1n, MAX_UINT64),
);

const uint32Accepted: readonly Sample[] = [
  [0, "0"],
  [-0, "0", 0],
  [1, "1"],
  [2_147_483_647, "2147483647"],
  [2_147_483_648, "2147483648"],
  [4_294_967_295, "4294967295"],
  ["0", "0", 0],
  ["4294967295", "4294967295", 4_294_967_295],
];
const uint32Refused: readonly Refusal[] = [
  [-1, /-1 is out of range \(0 to 4294967295\)/],
  [4_294_967_296, /out of range/],
  [1.5, /expected an integer, got 1.5/],
  [Number.NaN, /expected an integer, got NaN/],
  [Infinity, /expected an integer/],
  [1n, /expected an integer, got 1n/],
  [true, /expected an integer, got true/],
  ["4294967296", /4294967296 is out of range/],
  ["9".repeat(30), /is not a valid unsigned integer/],
  ["010", /"010" is not a valid unsigned integer/],
];
const textRefused: readonly Refusal[] = [
  ["", /is not a valid unsigned integer/],
  ["-1", /is not a valid unsigned integer/],
  ["1.0", /is not a valid unsigned integer/],
  ["1 2", /is not a valid unsigned integer/],
  ["0x1", /is not a valid unsigned integer/],
];

const objectTypes = [
  regproc,
  regprocedure,
  regoper,
  regoperator,
  regclass,
  regcollation,
  regtype,
  regrole,
  regnamespace,
  regconfig,
  regdictionary,
];

const snapshots = fc
  .tuple(
    fc.bigInt({ min: 1n, max: MAX_UINT64 - 1000n }),
    fc.nat(500),
    fc.array(fc.nat(499), { maxLength: 40 }),
  )
  .map(([xmin, span, offsets]): [string, string] => {
    const inside = offsets.filter((offset) => offset < span).toSorted((a, b) => a - b);
    const running = [...new Set(inside)].map((offset) => xmin + BigInt(offset));
    const text = `${xmin}:${xmin + BigInt(span)}:${running.join(",")}`;
    return [text, text];
  });

const int16 = fc.integer({ min: -32_768, max: 32_767 });

function vectors(element: fc.Arbitrary<number>): fc.Arbitrary<[unknown, string]> {
  return fc
    .tuple(fc.array(element, { minLength: 1, maxLength: 100 }), fc.boolean())
    .map(([elements, isText]) => [isText ? elements.join(" ") : elements, elements.join(" ")]);
}

const snapshotAccepted: readonly Sample[] = [
  ["10:20:10,14,15", "10:20:10,14,15"],
  ["10:10:", "10:10:"],
  ["1:18446744073709551615:18446744073709551614", "1:18446744073709551615:18446744073709551614"],
];
const snapshotRefused: readonly Refusal[] = [
  ["", /is not a valid snapshot/],
  ["10:20", /is not a valid snapshot/],
  ["10:20:10:", /is not a valid snapshot/],
  ["0:20:", /must have an xmin from 1 to its xmax/],
  ["20:10:", /must have an xmin from 1 to its xmax/],
  ["10:18446744073709551616:", /out of range \(0 to 2\^64 - 1/],
  ["10:20:9", /has the transaction 9 out of order or out of bounds/],
  ["10:20:20", /has the transaction 20 out of order or out of bounds/],
  ["10:20:14,13", /has the transaction 13 out of order/],
  ["10:20:14,14", /has the transaction 14 out of order/],
  ["10:20:14,", /"" is not a valid unsigned integer/],
  ["10:20: 14", /is not a valid unsigned integer/],
  [":".repeat(1_000_000), /is not a valid snapshot/],
  [`1:2:${",".repeat(1_000_000)}`, /is not a valid unsigned integer/],
  [{ xmin: 10n, xmax: 20n }, /expected a string/],
];

export const systemSamples: readonly TypeSamples[] = [
  ...[oid, xid, cid].map((type) => ({
    type,
    accepted: [...uint32Accepted, [" \t26\n", "26", 26] as const],
    refused: [...uint32Refused, ...textRefused],
    generated: uint32Values,
  })),
  ...objectTypes.map((type) => ({
    type,
    accepted: uint32Accepted,
    refused: [
      ...uint32Refused,
      [
        "pg_class",
        /"pg_class" is a name, which only the server can resolve: pass the OID/,
      ] as const,
      ["", /only the server can resolve/] as const,
      ["26 ", /only the server can resolve/] as const,
    ],
    generated: uint32Values,
  })),
  {
    type: regtype,
    accepted: [
      ["-", "-", 0],
      [23, "integer"],
      ["25", "text", 25],
    ],
    refused: [["integer", /is a name/]],
  },
  {
    type: xid8,
    accepted: [
      [0, "0", 0n],
      [1n, "1"],
      [2 ** 32, "4294967296", 4_294_967_296n],
      [Number.MAX_SAFE_INTEGER, "9007199254740991", 9_007_199_254_740_991n],
      [2n ** 63n, "9223372036854775808"],
      [MAX_UINT64, "18446744073709551615"],
      ["18446744073709551615", "18446744073709551615", MAX_UINT64],
    ],
    refused: [
      [-1, /-1 is out of range \(0 to 2\^64 - 1\)/],
      [-1n, /-1n is out of range/],
      [2n ** 64n, /out of range/],
      [2 ** 53, /not a safe integer: pass a bigint/],
      [0.5, /expected an integer or a bigint, got 0.5/],
      [Number.NaN, /expected an integer or a bigint/],
      [true, /expected an integer or a bigint, got true/],
      ["18446744073709551616", /out of range/],
      ["012", /is not a valid unsigned integer/],
      ...textRefused,
    ],
    generated: fc.oneof(
      uint64.map((value): [unknown, string] => [value, String(value)]),
      uint64.map((value): [unknown, string] => [String(value), String(value)]),
      fc.nat(Number.MAX_SAFE_INTEGER).map((value): [unknown, string] => [value, String(value)]),
    ),
  },
  {
    type: tid,
    accepted: [
      [{ block: 0, offset: 1 }, "(0,1)"],
      ["(0,1)", "(0,1)", { block: 0, offset: 1 }],
      [{ block: 4_294_967_295, offset: 65_535 }, "(4294967295,65535)"],
      ["(4294967295,65535)", "(4294967295,65535)", { block: 4_294_967_295, offset: 65_535 }],
      [{ block: 0, offset: 0 }, "(0,0)"],
    ],
    refused: [
      [{ block: 4_294_967_296, offset: 1 }, /4294967296 is out of range/],
      [{ block: -1, offset: 1 }, /out of range/],
      [{ block: 1.5, offset: 1 }, /expected an integer/],
      [{ block: 1, offset: 65_536 }, /the offset 65536 is out of range \(0 to 65535\)/],
      [{ block: 1, offset: -1 }, /the offset -1 is out of range/],
      [{ block: 1 }, /expected \{ block, offset \} or a string, got an object/],
      [{ block: 1, offset: 0.5 }, /the offset 0.5 is out of range/],
      [{ offset: 1 }, /expected \{ block, offset \} or a string, got an object/],
      [[1, 2], /expected \{ block, offset \}/],
      ["(1,65536)", /the offset 65536/],
      ["(9999999999,1)", /out of range/],
      ["0,1", /is not a valid tid/],
      ["(0,1", /is not a valid tid/],
      ["(-1,1)", /is not a valid tid/],
      [`(${"0".repeat(1_000_000)},1)`, /is not a valid tid/],
      [1, /expected \{ block, offset \} or a string, got 1/],
    ],
    generated: fc
      .tuple(uint32, fc.nat(65_535), fc.boolean())
      .map(([block, offset, isText]): [unknown, string] => [
        isText ? `(${block},${offset})` : { block, offset },
        `(${block},${offset})`,
      ]),
  },
  {
    type: pg_lsn,
    accepted: [
      ["16/B374D848", "16/B374D848"],
      ["16/b374d848", "16/B374D848", "16/B374D848"],
      ["00000016/00000001", "16/1", "16/1"],
      ["0/0", "0/0"],
      ["FFFFFFFF/FFFFFFFF", "FFFFFFFF/FFFFFFFF"],
      [0n, "0/0", "0/0"],
      [0x16b374d848n, "16/B374D848", "16/B374D848"],
      [MAX_UINT64, "FFFFFFFF/FFFFFFFF", "FFFFFFFF/FFFFFFFF"],
    ],
    refused: [
      ["", /is not a valid LSN/],
      ["16", /is not a valid LSN/],
      ["16/", /is not a valid LSN/],
      ["/1", /is not a valid LSN/],
      ["123456789/1", /is not a valid LSN/],
      ["1/123456789", /is not a valid LSN/],
      ["1/G", /is not a valid LSN/],
      ["0x1/1", /is not a valid LSN/],
      ["a".repeat(1_000_000), /is not a valid LSN/],
      [-1n, /out of range/],
      [2n ** 64n, /out of range/],
      [1, /expected a string such as "16\/B374D848" or a bigint, got 1/],
    ],
    generated: fc.tuple(uint64, fc.nat(3)).map(([value, form]): [unknown, string] => {
      const text = `${(value >> 32n).toString(16)}/${(value & 0xffffffffn).toString(16)}`;
      const padded = text.replace(/[^/]+/g, (half) => half.padStart(8, "0"));
      return [[value, text, text.toUpperCase(), padded][form], text];
    }),
  },
  ...[pg_snapshot, txid_snapshot].map((type) => ({
    type,
    accepted: snapshotAccepted,
    refused: snapshotRefused,
    generated: snapshots,
  })),
  {
    type: int2vector,
    accepted: [
      [[1, 2, 3], "1 2 3"],
      ["1 2 3", "1 2 3", [1, 2, 3]],
      [[-32_768, 0, 32_767], "-32768 0 32767"],
      ["-1", "-1", [-1]],
    ],
    refused: [
      [[], /PostgreSQL does not accept an empty vector in binary/],
      ["", /PostgreSQL does not accept an empty vector in binary/],
      [[32_768], /the element 32768 is not a 16-bit integer/],
      [[1.5], /the element 1.5 is not a 16-bit integer/],
      [[1, null], /the element null is not a 16-bit integer/],
      [["1"], /the element "1" is not a 16-bit integer/],
      ["1  2", /is not a valid list of integers/],
      ["1,2", /is not a valid list of integers/],
      ["01", /is not a valid list of integers/],
      ["40000", /the element 40000 is not a 16-bit integer/],
      [" ".repeat(1_000_000), /is not a valid list of integers/],
      [new Int16Array(2), /expected an array of integers or a string of them/],
      [1, /expected an array of integers or a string of them, got 1/],
    ],
    generated: vectors(int16),
  },
  {
    type: oidvector,
    accepted: [
      [[26, 2276], "26 2276"],
      ["26 2276", "26 2276", [26, 2276]],
      [[0, 4_294_967_295], "0 4294967295"],
    ],
    refused: [
      [[], /PostgreSQL does not accept an empty vector in binary/],
      [[-1], /-1 is out of range/],
      [[4_294_967_296], /out of range/],
      ["1 -1", /out of range/],
      ["010", /is not a valid list of integers/],
      [[1n], /expected an integer, got 1n/],
      [{}, /expected an array of integers/],
    ],
    generated: vectors(uint32),
  },
];
