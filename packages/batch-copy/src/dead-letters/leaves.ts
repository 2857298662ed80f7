import { quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { textQuery } from "../text-query.js";
import { answerAboutValues, type TextConnection } from "./answer-about-values.js";
import { CONSTANT_FORM } from "./text-settings.js";

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

async function ask(
  connection: TextConnection,
  groups: readonly Group[],
): Promise<readonly (readonly string[])[]> {
  const parameters = groups.map(({ type, values }) => binaryArray(type.oid, values));
  const answer = await answerAboutValues(connection, textQuery(printQuery(groups), parameters));
  return JSON.parse(answer) as string[][];
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
