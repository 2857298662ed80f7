import { describeValue } from "../codecs/describe-value.js";
import { keySource, quoteIdentifier } from "../codecs/identifier.js";
import { isPlainObject } from "../codecs/record.js";
import { BatchCopyError } from "../errors.js";
import type { Field } from "./field.js";
import { camelCase, snakeCase } from "./snake-case.js";

/**
 * How the keys of rows are named in SQL:
 *
 * - `"snake_case"`: `statusCode` is the column `status_code`, `userID` is `user_id`, `HTTPServer` is
 *   `http_server`, `foo12Bar` is `foo12_bar` and `address2` is `address2`. An underscore comes before a
 *   capital that follows a small letter or a digit, and before the last of several capitals if a small
 *   letter follows it (`userIDs` is `user_i_ds`). Nothing comes before a digit. Underscores that a key
 *   has stay, also at its beginning. Letters of other alphabets are treated alike.
 * - an object: the column by key. Keys that are not listed are names of columns themselves.
 * - a function that returns the column of a key.
 *
 * Without keys, as in `CopierOptions` alone, it is for rows with any keys.
 */
export type ColumnNames<Key extends string = string> =
  | "snake_case"
  | { readonly [K in [Key] extends [never] ? string : Key]?: string }
  | ((key: string) => string);

/** {@link ColumnNames} as functions. */
export interface Naming {
  /** The name in SQL of the column with the key. */
  readonly nameOf: (key: string) => string;
  /** The keys that are named one by one. */
  readonly listed: readonly Field[];
  /** Undefined if the key of a column cannot be told from its name. */
  readonly inverse: InverseNaming | undefined;
}

/** From the columns of a table to keys. */
export interface InverseNaming {
  /** The key of a column, if `nameOf` gives the column back. */
  readonly keyOf: (name: string) => string;
  /** What to do about a column that its key does not give back. */
  readonly wayOut: (name: string) => string;
}

/** The code of the error for names that are wrong. */
type NamesCode = "INVALID_TABLE" | "INVALID_OPTION";

/**
 * Reads the option `names`.
 *
 * @throws BatchCopyError with the code for anything else than {@link ColumnNames}.
 */
export function namingOf(names: unknown, code: NamesCode): Naming {
  if (names === undefined) {
    return SAME;
  }
  if (names === "snake_case") {
    return SNAKE_CASE;
  }
  if (typeof names === "function") {
    const nameOf = names as (key: string) => string;
    return { nameOf: (key) => nameOf(key), listed: [], inverse: undefined };
  }
  if (isPlainObject(names)) {
    return listedNaming(names, code);
  }
  throw new BatchCopyError(
    code,
    `names must be "snake_case", an object of column names by key, or a function from a key to a column name, got ${describeValue(names)}`,
  );
}

const SAME: Naming = {
  nameOf: (key) => key,
  listed: [],
  inverse: { keyOf: (name) => name, wayOut: () => "" },
};

const SNAKE_CASE: Naming = {
  nameOf: snakeCase,
  listed: [],
  inverse: {
    keyOf: camelCase,
    wayOut(name) {
      const asObject = `set names to an object, { ${keySource(camelCase(name))}: ${JSON.stringify(name)}, … }`;
      return snakeCase(name) === name
        ? `list the keys of the rows in the option "columns", with ${JSON.stringify(name)} for this column, or ${asObject}`
        : asObject;
    },
  },
};

function listedNaming(names: Readonly<Record<string, unknown>>, code: NamesCode): Naming {
  const nameByKey = new Map(Object.entries(names));
  const listed = fieldsOf([...nameByKey.keys()], (key) => nameByKey.get(key), code);
  const checked = new Map(listed.map(({ key, name }) => [key, name]));
  const keyByName = new Map(listed.map(({ key, name }) => [name, key]));
  return {
    nameOf: (key) => checked.get(key) ?? key,
    listed,
    inverse: {
      keyOf: (name) => keyByName.get(name) ?? name,
      wayOut: () => "list it in names under another key",
    },
  };
}

/**
 * The columns with these keys.
 *
 * @throws BatchCopyError with the code if two keys have one column, if a key has no name, or if the names
 * list another key.
 */
export function namedFields(keys: readonly string[], naming: Naming, code: NamesCode): Field[] {
  const known = new Set(keys);
  const unknown = naming.listed.find(({ key }) => !known.has(key));
  if (unknown !== undefined) {
    throw new BatchCopyError(
      code,
      `names has the key ${JSON.stringify(unknown.key)}, which is not a key of the rows`,
    );
  }
  return someNamedFields(keys, naming, code);
}

/**
 * The columns with these keys. Names that are listed for other keys are ignored: the mapping of a whole
 * table is at hand more often than that of some columns.
 *
 * @throws BatchCopyError with the code if two keys have one column, or if a key has no name.
 */
export function someNamedFields(keys: readonly string[], naming: Naming, code: NamesCode): Field[] {
  return fieldsOf(keys, (key) => naming.nameOf(key), code);
}

function fieldsOf(
  keys: readonly string[],
  nameOf: (key: string) => unknown,
  code: NamesCode,
): Field[] {
  const keyByName = new Map<string, string>();
  return keys.map((key) => {
    const name = nameOf(key);
    if (typeof name !== "string") {
      throw new BatchCopyError(
        code,
        `names must have the name of a column for the key ${JSON.stringify(key)}, got ${describeValue(name)}`,
      );
    }
    const other = keyByName.get(name);
    if (other !== undefined && other !== key) {
      throw new BatchCopyError(
        code,
        `the keys ${JSON.stringify(other)} and ${JSON.stringify(key)} have the same column ${quoteIdentifier(name)}`,
      );
    }
    keyByName.set(name, key);
    return { key, name };
  });
}
