import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";
import type { PoolClient } from "pg";

import { ByteReader } from "../../dist/bytes/byte-reader.js";
import type { Codec } from "../../dist/codecs/codec.js";
import { Copier, type Table } from "../../dist/index.js";
import { copyOut } from "../helpers/copy-out.js";
import { copyText } from "../helpers/copy-text.js";
import { payloadOf } from "../helpers/open-writer.js";
import { allSamples } from "../helpers/samples/index.js";
import { useTypedTables } from "../helpers/typed-tables.js";

/** Values for each type; `npm run test:values` is the long run, of a million. */
const GENERATED_VALUES = Number(process.env["GENERATED_VALUES"] ?? 10_000);
const VALUES_A_ROUND = 10_000;

const { pool, tableOf, obstacle } = useTypedTables();

type Pair = readonly [value: unknown, literal: string];

async function send(definition: Table, pairs: readonly Pair[]): Promise<void> {
  await using copier = await Copier.connect(definition, { pool, connections: 1 });
  const rows = pairs.map(([value], id) => ({ id, value }));
  assert.equal(await copier.sendMany(rows as never), rows.length);
  await copier.flush();
}

/** Where the server has another value than its own reading of the literal. */
async function differences({ name }: Table, pairs: readonly Pair[]): Promise<unknown[]> {
  const client: PoolClient = await pool.connect();
  try {
    await client.query(`CREATE TEMP TABLE literal (LIKE ${name})`);
    await copyText(
      client,
      "literal",
      pairs.map(([, literal]) => literal),
    );
    const { rows } = await client.query(
      `SELECT left(w.value::text, 100) AS found, left(l.value::text, 100) AS expected
       FROM literal l LEFT JOIN ${name} w USING (id)
       WHERE w.value::text IS DISTINCT FROM l.value::text ORDER BY id LIMIT 5`,
    );
    return rows;
  } finally {
    await client.query("DROP TABLE IF EXISTS literal");
    client.release();
  }
}

/** What the server sends back, decoded; and it must be the same after another round. */
async function readBack(codec: Codec<unknown>, { name }: Table): Promise<unknown[]> {
  const client: PoolClient = await pool.connect();
  try {
    const query = `SELECT value FROM ${name} ORDER BY id`;
    const tuples = await copyOut(client, query);
    return tuples.map(([payload]) => {
      const value = codec.decode(new ByteReader(payload!));
      assert.deepEqual(decoded(codec, value), value);
      return value;
    });
  } finally {
    client.release();
  }
}

/** What comes back for a value: what we would decode, as the server's own reading makes it. */
function decoded(codec: Codec<unknown>, value: unknown): unknown {
  return codec.decode(new ByteReader(payloadOf(codec, value)));
}

describe("the server reads what was meant, and sends it back", () => {
  for (const samples of allSamples) {
    const { type, accepted, refused, generated } = samples;

    it(`for the edge values of ${type.name}`, async (test) => {
      const reason = await obstacle(samples);
      if (reason !== undefined) {
        test.skip(reason);
        return;
      }
      const { definition, codec } = await tableOf(type);
      const pairs = accepted.map(([value, literal]) => [value, literal] as const);
      await send(definition, pairs);
      assert.deepEqual(await differences(definition, pairs), []);
      for (const [value, , expected = value] of accepted) {
        assert.deepEqual(decoded(codec, value), expected);
      }
      await readBack(codec, definition);
      for (const [value, message] of refused) {
        assert.throws(() => payloadOf(codec, value), message);
      }
    });

    if (generated !== undefined) {
      it(`for generated values of ${type.name}`, async (test) => {
        const reason = await obstacle(samples);
        if (reason !== undefined) {
          test.skip(reason);
          return;
        }
        const { definition, codec } = await tableOf(type);
        for (let done = 0; done < GENERATED_VALUES; done += VALUES_A_ROUND) {
          const pairs: readonly Pair[] = fc.sample(
            generated,
            Math.min(VALUES_A_ROUND, GENERATED_VALUES),
          );
          await send(definition, pairs);
          assert.deepEqual(await differences(definition, pairs), []);
          const back = await readBack(codec, definition);
          assert.equal(back.length, pairs.length);
          if (!samples.isCanonicalized) {
            assert.deepEqual(
              back,
              pairs.map(([value]) => decoded(codec, value)),
            );
          }
          await pool.query(`TRUNCATE ${definition.name}`);
        }
      });
    }
  }
});
