import type { ByteWriter } from "../bytes/byte-writer.js";
import type { ColumnType } from "../codecs/column-type.js";
import type { Line } from "../codecs/geometry/geometric.js";
import { writeJsonb } from "../codecs/json/json.js";
import type { SparseVector } from "../codecs/pgvector/sparse-vector.js";
import { baseTypeOf, type TypeDescription } from "../codecs/type-description.js";
import { SchemaMismatchError } from "../errors.js";
import { withCodec } from "./with-codec.js";

/**
 * The type for what Drizzle hands to its driver: a string for `json` and `jsonb` is a document, and
 * anything else is what batch-copy takes.
 *
 * @throws TypeError for `money`: the driver's number is in dollars, that of the binary form in cents.
 */
export function driverType(type: ColumnType<unknown>): ColumnType<unknown> {
  if (type.sql === "money") {
    throw new TypeError(NO_MONEY);
  }
  return withCodec(type, type.hasArrayValues, (codec, actual) => {
    if (isOfMoney(actual)) {
      const reason = `the type ${actual.sql} is one of money: ${NO_MONEY}`;
      throw new SchemaMismatchError(reason, [reason], "");
    }
    const writeDocument = forType(DOCUMENT_WRITERS, actual);
    return {
      encode(value, out) {
        if (typeof value === "string" && writeDocument !== undefined) {
          writeDocument(value, out);
        } else {
          codec.encode(value, out);
        }
      },
      decode: (input) => driverValue(actual, codec.decode(input)),
    };
  });
}

const NO_MONEY = "its text depends on lc_monetary, and COPY cannot write it: use numeric";

/** Whether values of a type that was looked up are of money: under domains, or in arrays. */
function isOfMoney({ kind, name, element }: TypeDescription): boolean {
  return element === undefined ? kind === "base" && name === "money" : isOfMoney(element);
}

/** What Drizzle gets from its driver for a decoded value. */
export function driverValue(type: TypeDescription, value: unknown): unknown {
  const read = forType(READERS, type);
  return read === undefined ? value : read(value as never);
}

/** The entry for a base type, or for that under a domain. */
function forType<T>(entries: ReadonlyMap<string, T>, type: TypeDescription): T | undefined {
  const { kind, name } = baseTypeOf(type);
  return kind === "base" ? entries.get(name) : undefined;
}

/** By `pg_type.typname`. */
const DOCUMENT_WRITERS: ReadonlyMap<string, (document: string, out: ByteWriter) => void> = new Map([
  ["json", (document, out) => out.text(checked(document))],
  ["jsonb", (document, out) => writeJsonb(checked(document), out)],
]);

/** @throws SyntaxError if it is not JSON. */
function checked(document: string): string {
  JSON.parse(document);
  return document;
}

/** The driver's form of a decoded value, where it is another one, by `pg_type.typname`. */
const READERS: ReadonlyMap<string, (value: never) => unknown> = new Map<
  string,
  (value: never) => unknown
>([
  ["int8", String],
  ["interval", intervalText],
  ["line", ({ a, b, c }: Line) => `{${a},${b},${c}}`],
  ["timestamp", dateTimeText],
  ["timestamptz", dateTimeText],
  ["vector", JSON.stringify],
  ["halfvec", JSON.stringify],
  ["sparsevec", sparseVectorText],
  ["geometry", hex],
  ["geography", hex],
]);

/** A duration of ISO 8601, which PostgreSQL reads with any `intervalstyle`. */
function intervalText(value: DecodedInterval | "infinity" | "-infinity"): string {
  if (typeof value === "string") {
    return value;
  }
  const { months, days, microseconds } = value;
  const sign = microseconds < 0n ? "-" : "";
  const digits = String(microseconds < 0n ? -microseconds : microseconds).padStart(7, "0");
  return `P${months}M${days}DT${sign}${digits.slice(0, -6)}.${digits.slice(-6)}S`;
}

interface DecodedInterval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: bigint;
}

/** As PostgreSQL prints it: with a space, and with `+00` for UTC. */
function dateTimeText(value: string): string {
  return value.replace("T", " ").replace("Z", "+00");
}

function sparseVectorText({ dimensions, entries }: SparseVector): string {
  const pairs = entries as readonly (readonly [index: number, value: number])[];
  return `{${pairs.map(([index, value]) => `${index + 1}:${value}`).join()}}/${dimensions}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
