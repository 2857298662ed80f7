import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue } from "../describe-value.js";
import { readUint32, writeUint32 } from "./unsigned.js";

/** An object identifier: an integer from 0 to 4294967295, or its decimal digits in a string. */
export type Oid = number | string;

/**
 * `oid`: an integer from 0 to 4294967295, or its decimal digits in a string. Decodes to a number.
 */
export const oid: ColumnType<Oid> = columnType("oid", {
  encode: writeUint32,
  decode: readUint32,
});

/** `regproc`, a function: see {@link regclass}. */
export const regproc: ColumnType<Oid> = objectType("regproc");
/** `regprocedure`, a function with its arguments: see {@link regclass}. */
export const regprocedure: ColumnType<Oid> = objectType("regprocedure");
/** `regoper`, an operator: see {@link regclass}. */
export const regoper: ColumnType<Oid> = objectType("regoper");
/** `regoperator`, an operator with its arguments: see {@link regclass}. */
export const regoperator: ColumnType<Oid> = objectType("regoperator");
/**
 * `regclass`, a relation: its OID as for {@link oid}, or `"-"` for none. A name is an error,
 * because the binary format is the OID (`regclassrecv` in src/backend/utils/adt/regproc.c), which
 * only the server knows: `SELECT 'name'::regclass::oid` returns it.
 */
export const regclass: ColumnType<Oid> = objectType("regclass");
/** `regcollation`, a collation: see {@link regclass}. */
export const regcollation: ColumnType<Oid> = objectType("regcollation");
/** `regtype`, a type: see {@link regclass}. */
export const regtype: ColumnType<Oid> = objectType("regtype");
/** `regrole`, a role: see {@link regclass}. */
export const regrole: ColumnType<Oid> = objectType("regrole");
/** `regnamespace`, a schema: see {@link regclass}. */
export const regnamespace: ColumnType<Oid> = objectType("regnamespace");
/** `regconfig`, a text search configuration: see {@link regclass}. */
export const regconfig: ColumnType<Oid> = objectType("regconfig");
/** `regdictionary`, a text search dictionary: see {@link regclass}. */
export const regdictionary: ColumnType<Oid> = objectType("regdictionary");

function objectType(name: string): ColumnType<Oid> {
  return columnType(name, { encode: writeObject, decode: readUint32 });
}

/** The text that PostgreSQL prints for no object. */
const NO_OBJECT = "-";

function writeObject(value: Oid, out: ByteWriter): void {
  if (value === NO_OBJECT) {
    out.int32(0);
    return;
  }
  if (typeof value === "string" && !/^\d+$/.test(value)) {
    throw new RangeError(
      `${describeValue(value)} is a name, which only the server can resolve: pass the OID`,
    );
  }
  writeUint32(value, out);
}
