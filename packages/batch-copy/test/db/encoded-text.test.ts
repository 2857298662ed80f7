import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import fc from "fast-check";
import { Pool } from "pg";

import { Copier, float8, int4, timestamptz, type Table } from "../../dist/index.js";
import { copyOutText } from "../helpers/copy-out-text.js";
import { copyOut } from "../helpers/copy-out.js";
import { copyText } from "../helpers/copy-text.js";
import { allSamples } from "../helpers/samples/index.js";
import { writtenOfBytes, writtenOfString } from "../helpers/text-of-bytes.js";
import { useTypedTables, type TypedTable } from "../helpers/typed-tables.js";

const GENERATED_VALUES = 100;

const { db, pool, tableOf, obstacle } = useTypedTables();

/** COPY prints times in the time zone of the session. */
const kathmandu = new Pool({
  connectionString: db.url,
  options: `-c search_path=${db.schema},public -c timezone=Asia/Kathmandu`,
});
after(() => kathmandu.end());

/** Types whose text only the server can read, and why it is refused. */
const REFUSED: readonly (readonly [name: RegExp, reason: RegExp])[] = [
  [/^reg/, /is a name, which only the server can resolve/],
  [/^money$/, /depends on lc_monetary/],
  [/^arrayOf\(jsonb?\)$/, /could be a JSON string or a JSON document/],
];

async function storeValues({ name }: Table, values: readonly unknown[]): Promise<void> {
  await using copier = await Copier.connect(name, { pool, connections: 1 });
  await copier.sendMany(values.map((value, id) => ({ id, value })));
  await copier.flush();
}

async function storeTexts({ name }: Table, texts: readonly (string | null)[]): Promise<void> {
  await using copier = await Copier.connect(name, { pool, connections: 1 });
  const encoder = copier.encoder();
  for (const [id, text] of texts.entries()) {
    encoder.value(id);
    if (text === null) {
      encoder.null();
    } else {
      const bytes = Buffer.from(text);
      encoder.text(bytes, 0, bytes.length);
    }
    encoder.endRow(id);
  }
  await copier.sendEncoded(encoder.take());
  await copier.flush();
}

/** What COPY prints in text format, also in another time zone. */
async function printed({ name }: Table, using: Pool): Promise<(string | null)[]> {
  const client = await using.connect();
  try {
    const rows = await copyOutText(client, `SELECT value FROM ${name} ORDER BY id`);
    return rows.map(([text]) => text!);
  } finally {
    client.release();
  }
}

async function stored({ name }: Table): Promise<(string | undefined)[]> {
  const client = await pool.connect();
  try {
    const tuples = await copyOut(client, `SELECT value FROM ${name} ORDER BY id`);
    return tuples.map(([payload]) => payload?.toString("hex"));
  } finally {
    client.release();
  }
}

/** Stores values, reads them back as text, and stores the texts. */
async function checkTexts(
  { definition, type }: TypedTable,
  copies: readonly Table[],
  values: readonly unknown[],
): Promise<void> {
  await storeValues(definition, values);
  const original = await stored(definition);
  for (const [index, using] of [pool, kathmandu].entries()) {
    const texts = await printed(definition, using);
    const copy = copies[index]!;
    await storeTexts(copy, texts);
    // The text of a tsquery does not say how `a & b & c` was grouped.
    if (type.name === "tsquery") {
      assert.deepEqual(await printed(copy, using), texts);
    } else {
      assert.deepEqual(await stored(copy), original);
    }
  }
}

describe("texts in bytes", () => {
  for (const samples of allSamples) {
    const { type, accepted, generated } = samples;

    it(`of ${type.name} are what COPY prints for it, and the literals that the tests know`, async (test) => {
      const reason = await obstacle(samples);
      if (reason !== undefined) {
        test.skip(reason);
        return;
      }
      const table = await tableOf(type);
      const copies = [await tableOf(type), await tableOf(type)].map(({ definition }) => definition);
      const values = accepted.map(([value]) => value);
      if (generated !== undefined) {
        values.push(...fc.sample(generated, GENERATED_VALUES).map(([value]) => value));
      }
      const refused = REFUSED.find(([name]) => name.test(type.name));
      try {
        await checkTexts(table, copies, values);
      } catch (error) {
        // Not always: the OID of nothing is printed as a number.
        if (refused === undefined) {
          throw error;
        }
        assert.match(String(error), refused[1]);
      }
      if (type.name === "json" || type.name === "jsonb") {
        return;
      }
      for (const [, literal] of accepted) {
        assert.equal(
          writtenOfBytes(table.codec, Buffer.from(literal)),
          writtenOfString(table.codec, literal),
          literal,
        );
      }
    });
  }
});

describe("decimal texts of float8", () => {
  it("are read as the server reads them, to the last bit", async () => {
    const { definition, codec } = await tableOf(float8);
    const digits = fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), maxLength: 17 });
    const texts = fc
      .tuple(fc.constantFrom("", "-"), digits, fc.option(digits))
      .map(([sign, integer, fraction]) => {
        return sign + (integer || "0") + (fraction === null ? "" : `.${fraction}`);
      });
    const known = [
      "0.1",
      "-0",
      "9007199254740993",
      "999999999999999",
      "0.000000000000001",
      ".5",
      "5.",
    ];
    const sampled = [...known, ...fc.sample(texts, 20_000)];
    const client = await pool.connect();
    try {
      await copyText(client, definition.name, sampled);
    } finally {
      client.release();
    }
    const expected = await stored(definition);
    for (const [index, text] of sampled.entries()) {
      assert.equal(writtenOfBytes(codec, Buffer.from(text)), expected[index], text);
    }
  });
});

describe("an encoder with a time zone", () => {
  const texts = [
    "2026-11-22 08:39:41",
    "2026-11-22T08:39:41.123456",
    "2026-11-22",
    "2026-11-22 08:39:41+05:45",
    "infinity",
  ];

  it("takes a timestamptz without one as a session in UTC does", async () => {
    const table = await db.create("zoned", { id: int4, at: timestamptz, ms: timestamptz(3) });
    await using copier = await Copier.connect(table.name, { pool });
    const encoder = copier.encoder({ timeZone: "UTC" });
    const encode = (id: number, at: string, ms: string): void => {
      encoder.value(id);
      encoder.text(Buffer.from(at), 0, at.length);
      encoder.text(Buffer.from(ms), 0, ms.length);
      encoder.endRow(id);
    };
    texts.forEach((text, id) => encode(id, text, "2026-11-22 08:39:41.123"));
    assert.throws(() => encode(5, "22.11.2026", "2026-11-22"), { column: "at" });
    assert.throws(() => encode(5, texts[0]!, "2026-11-22 08:39:41.1234"), { column: "ms" });
    await copier.sendEncoded(encoder.take());
    await copier.flush();
    for (const [id, text] of texts.entries()) {
      const literal = /[+y]/.test(text) ? text : `${text} UTC`;
      const [found] = await db.rows(
        `SELECT at = timestamptz '${literal}' AS at, ms = timestamptz '2026-11-22 08:39:41.123Z' AS ms
         FROM ${db.schema}.${table.name} WHERE id = ${id}`,
      );
      assert.deepEqual(found, { at: true, ms: true }, text);
    }
  });

  it("must be UTC", async () => {
    const table = await db.create("zoned_not", { id: int4 });
    await using copier = await Copier.connect(table.name, { pool });
    assert.throws(() => copier.encoder({ timeZone: "CET" as "UTC" }), { code: "INVALID_OPTION" });
  });
});
