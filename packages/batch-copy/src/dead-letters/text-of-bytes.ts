import { isUtf8 } from "node:buffer";

import { BUILT_IN_SCHEMA } from "../codecs/base-types.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { checkJsonBytes, NoLetterError } from "./no-letter-error.js";

/** Makes the text form of a value from its binary form. */
type FromBytes = (bytes: Buffer) => string;

/**
 * Text forms that do not need the server, by `pg_type.typname`. The server may have rejected the row
 * because it does not read exactly these values: invalid JSON, or a label that an enum does not have.
 */
const BUILT_IN: ReadonlyMap<string, FromBytes> = new Map([
  ...all(["text", "varchar", "bpchar", "name", "refcursor", "json", "xml"], wholeText),
  ...all(["jsonb", "jsonpath"], textAfterVersion),
  // The text form of these is a name, which depends on the search_path. The server reads numbers, too.
  ...all(
    "regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype".split(
      " ",
    ),
    oidText,
  ),
  ["bytea", hexText],
  ["char", charText],
]);

/** As above, for types of extensions, which can be in any other schema. */
const OF_EXTENSIONS: ReadonlyMap<string, FromBytes> = new Map([
  ["citext", wholeText],
  ...all(["ltree", "lquery", "ltxtquery"], textAfterVersion),
]);

/** How the text form of a type's values is made without the server; undefined if that is not possible. */
export function textOfBytes({ kind, schema, name }: TypeDescription): FromBytes | undefined {
  if (kind === "enum") {
    return wholeText;
  }
  return (schema === BUILT_IN_SCHEMA ? BUILT_IN : OF_EXTENSIONS).get(name);
}

function all(names: readonly string[], fromBytes: FromBytes): [string, FromBytes][] {
  return names.map((name) => [name, fromBytes]);
}

function wholeText(bytes: Buffer): string {
  checkJsonBytes(bytes.length);
  if (!isUtf8(bytes)) {
    throw new NoLetterError("a string is not valid UTF-8");
  }
  if (bytes.includes(0)) {
    throw new NoLetterError("a string contains U+0000, which jsonb cannot store");
  }
  return bytes.toString();
}

function textAfterVersion(bytes: Buffer): string {
  return wholeText(bytes.subarray(1));
}

function hexText(bytes: Buffer): string {
  checkJsonBytes(2 * bytes.length);
  return `\\x${bytes.toString("hex")}`;
}

function oidText(bytes: Buffer): string {
  return String(bytes.readUInt32BE());
}

/** As PostgreSQL 16 and later print it (`charout` in src/backend/utils/adt/char.c). */
function charText(bytes: Buffer): string {
  const byte = bytes.readUInt8();
  return byte < 0x80 ? String.fromCharCode(byte).replace("\0", "") : `\\${byte.toString(8)}`;
}
