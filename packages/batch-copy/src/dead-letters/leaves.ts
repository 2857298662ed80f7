import { quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { textQuery, type TextQuery, type TextRow } from "../text-query.js";
import { NoLetterError } from "./no-letter-error.js";
import { CONSTANT_FORM } from "./text-settings.js";

/** A connection that is not inside a transaction. */
export interface TextConnection {
  query(query: TextQuery): Promise<{ rows: TextRow[] }>;
}

interface Group {
  readonly type: TypeDescription;
  readonly values: Buffer[];
}

/** Values that the server has to print, by their types. */
export class Leaves {
  readonly #groups = new Map<number, Group>();

  add(type: TypeDescription, bytes: Buffer): void {
    const group = this.#groups.get(type.oid);
    if (group === undefined) {
      this.#groups.set(type.oid, { type, values: [bytes] });
    } else {
      group.values.push(bytes);
    }
  }

  /**
   * Asks the server for the text forms.
   *
   * @returns a function that returns the next text of a type, in the order of `add`
   * @throws NoLetterError if the server cannot print them.
   */
  async print(connection: TextConnection): Promise<(type: TypeDescription) => string> {
    const groups = [...this.#groups.values()];
    const texts = groups.length === 0 ? [] : await ask(connection, groups);
    const queues = new Map(groups.map(({ type }, i) => [type.oid, texts[i]!.values()]));
    return ({ oid }) => queues.get(oid)!.next().value!;
  }
}

/**
 * Errors about values and their types: 0A not supported, 22 data, 42 types and privileges on their
 * schemas, 54 limits; and "invalid memory alloc request size", XX000, or no memory, for large values.
 */
const ABOUT_VALUES = /^(?:0A|22|42|54)[0-9A-Z]{3}$|^XX000$|^53200$/;

async function ask(
  connection: TextConnection,
  groups: readonly Group[],
): Promise<readonly (readonly string[])[]> {
  try {
    const parameters = groups.map(({ type, values }) => binaryArray(type.oid, values));
    const { rows } = await connection.query(textQuery(printQuery(groups), parameters));
    return JSON.parse(rows[0]![0]!) as string[][];
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (typeof code === "string" && ABOUT_VALUES.test(code)) {
      throw new NoLetterError(`the server cannot print its values: ${message}`, { cause: error });
    }
    throw error;
  }
}

/**
 * One row of one JSON array, with an array of texts for each group. `format` uses the output function of
 * a type; a cast to text may be another one, such as that of `inet`. Types have no modifiers here, because
 * the server might round or refuse by them. What is printed depends on the settings: they come first.
 */
function printQuery(groups: readonly Group[]): string {
  const lists = groups.map(({ type: { schema, name } }, i) => {
    return `(SELECT pg_catalog.json_agg(pg_catalog.format('%s', leaf) ORDER BY number)
      FROM pg_catalog.unnest($${i + 1}::${quoteQualified(schema, name)}[])
      WITH ORDINALITY AS leaves(leaf, number) WHERE settings.now IS NOT NULL)`;
  });
  return `WITH settings AS MATERIALIZED (SELECT ${CONSTANT_FORM} AS now)
    SELECT pg_catalog.json_build_array(${lists.join(", ")})::pg_catalog.text FROM settings`;
}

/** The layout of `array_recv` in src/backend/utils/adt/arrayfuncs.c, for one dimension without NULL. */
function binaryArray(elementOid: number, values: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(20);
  header.writeInt32BE(1);
  header.writeUInt32BE(elementOid, 8);
  header.writeInt32BE(values.length, 12);
  header.writeInt32BE(1, 16);
  const fields = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value.length);
    return [length, value];
  });
  return Buffer.concat([header, ...fields]);
}
