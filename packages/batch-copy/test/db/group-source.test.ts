import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { letterTableDdl } from "../../dist/dead-letters/letter-ddl.js";
import {
  Copier,
  CopierGroup,
  type EncodeError,
  FencedError,
  OutcomeUnknownError,
  RowsRejectedError,
  SchemaMismatchError,
  UndeliveredError,
  type CopierGroupOptions,
  type GroupSource,
  type Rejection,
  type RowRejectedError,
  type TableCopierOptions,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { lockTable } from "../helpers/group-tables.js";
import { PgBouncer } from "../helpers/pgbouncer.js";

const db = useDatabase();
const ledger = { table: `${db.schema}.ledger` };
const skip = !PgBouncer.isInstalled && "pgbouncer is not installed";
let shops = 0;

interface Order {
  readonly id: number;
  readonly note: string;
}

interface Line {
  readonly order_id: number;
  readonly item: number;
}

/** Orders, and lines that refer to them. */
interface Shop {
  readonly group: CopierGroup;
  readonly ordersName: string;
  readonly linesName: string;
  readonly orders: Copier<Order>;
  readonly lines: Copier<Line>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface ShopOptions {
  readonly group?: CopierGroupOptions;
  readonly orders?: TableCopierOptions<Order>;
  readonly lines?: TableCopierOptions<Line>;
}

async function createShop(): Promise<{ ordersName: string; linesName: string }> {
  const number = shops++;
  const [ordersName, linesName] = [`${db.schema}.orders_${number}`, `${db.schema}.lines_${number}`];
  await db.pool
    .query(`CREATE TABLE ${ordersName} (id int PRIMARY KEY CHECK (id < 1000), note text NOT NULL);
    CREATE TABLE ${linesName} (order_id int NOT NULL REFERENCES ${ordersName}, item int NOT NULL,
      PRIMARY KEY (order_id, item))`);
  return { ordersName, linesName };
}

async function openShop(options: ShopOptions = {}, names = createShop()): Promise<Shop> {
  const { ordersName, linesName } = await names;
  const group = await CopierGroup.connect({ databaseUrl: db.url, ledger, ...options.group });
  const orders = await group.copier<Order>(ordersName, options.orders);
  const lines = await group.copier<Line>(linesName, options.lines);
  return {
    group,
    ordersName,
    linesName,
    orders,
    lines,
    [Symbol.asyncDispose]: () => group.close({ timeoutMs: 1000 }),
  };
}

/** Sends an order with its lines as one unit, the lines first. */
function sendOrder(source: GroupSource, { orders, lines }: Shop, id: number): Promise<void> {
  const unit = [
    [lines, { order_id: id, item: 1 }],
    [lines, { order_id: id, item: 2 }],
    [orders, { id, note: `order ${id}` }],
  ] as const;
  return source.sendMany<[Line, Line, Order]>(unit, id);
}

async function idsIn({ ordersName, linesName }: Shop): Promise<readonly number[][]> {
  const orders = await db.rows<{ id: number }>(`SELECT id FROM ${ordersName} ORDER BY id`);
  const lines = await db.rows<{ id: number }>(
    `SELECT (order_id * 10 + item)::int AS id FROM ${linesName} ORDER BY id`,
  );
  return [orders, lines].map((rows) => rows.map(({ id }) => id));
}

/** The name of the foreign key of the lines. */
async function keyOf({ linesName }: Shop): Promise<string> {
  const [key] = await db.rows<{ conname: string }>(
    `SELECT conname FROM pg_constraint WHERE conrelid = '${linesName}'::regclass AND contype = 'f'`,
  );
  return key!.conname;
}

async function positionOf(name: string): Promise<bigint> {
  const [row] = await db.rows<{ position: string }>(
    `SELECT position::text FROM ${ledger.table} WHERE source = $1`,
    [name],
  );
  return BigInt(row!.position);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe("a source of a group", () => {
  it("commits the rows of all tables with the position, referenced tables first", async () => {
    await using shop = await openShop();
    const source = await shop.group.source("shop", { start: 0n });
    assert.equal(source.name, "shop");
    for (const id of range(0, 500)) {
      await sendOrder(source, shop, id);
    }
    await source.close();
    assert.equal(source.position, 500n);
    assert.equal(await positionOf("shop"), 500n);
    const ids = range(0, 500);
    assert.deepEqual(await idsIn(shop), [ids, ids.flatMap((id) => [id * 10 + 1, id * 10 + 2])]);
    const [orders, lines] = [shop.orders.stats, shop.lines.stats];
    assert.deepEqual(
      [orders.rowsAccepted, orders.rowsCommitted, orders.rowsBuffered],
      [500, 500, 0],
    );
    assert.deepEqual(
      [lines.rowsAccepted, lines.rowsCommitted, lines.rowsBuffered],
      [1000, 1000, 0],
    );
    const { stats } = shop.group;
    assert.deepEqual([stats.rowsCommitted, stats.bytesBuffered], [1500, 0]);
    assert.ok(stats.batchesCommitted > 0, "transactions are counted");
  });

  it("takes single rows, and units that may be empty", async () => {
    await using shop = await openShop();
    await using source = await shop.group.source("single", { start: 0n });
    await source.send(shop.orders, { id: 1, note: "a" }, 10);
    await source.send(shop.lines, { order_id: 1, item: 1 }, 11);
    await source.sendMany([], 12);
    await source.sendMany(new Set([[shop.lines, { order_id: 1, item: 2 }] as const]), 13);
    await source.flush();
    assert.equal(source.position, 14n);
    assert.deepEqual(await idsIn(shop), [[1], [11, 12]]);
  });

  it("moves alone, without a row of any table", async () => {
    await using shop = await openShop();
    await using source = await shop.group.source("alone", { start: 0n });
    await source.advance(7);
    await source.flush();
    assert.deepEqual([source.position, await positionOf("alone")], [7n, 7n]);
    await sendOrder(source, shop, 8);
    await source.flush();
    await source.advance(20);
    await shop.group.flush();
    assert.equal(source.position, 20n);
  });

  it("goes on where it stands when it is opened again", async () => {
    await using shop = await openShop();
    const first = await shop.group.source("again", { start: 0n });
    await sendOrder(first, shop, 0);
    await sendOrder(first, shop, 1);
    await first.close();
    await using second = await shop.group.source("again");
    assert.equal(second.position, 2n);
    for (const id of range(0, 4)) {
      await sendOrder(second, shop, id);
    }
    await second.flush();
    assert.deepEqual((await idsIn(shop))[0], [0, 1, 2, 3]);
    assert.equal(shop.orders.stats.rowsAccepted, 4);
  });

  it("is fenced by whoever opens it next, and commits nothing more", async () => {
    const names = createShop();
    await using shop = await openShop({}, names);
    await using other = await openShop({}, names);
    let lost: Error | undefined;
    const first = await shop.group.source("fenced", {
      start: 0n,
      onLost: (error) => (lost = error),
    });
    await sendOrder(first, shop, 0);
    await first.flush();
    await using second = await other.group.source("fenced");
    await sendOrder(first, shop, 1);
    await assert.rejects(first.flush(), FencedError);
    assert.ok(lost instanceof FencedError);
    await assert.rejects(sendOrder(first, shop, 2), FencedError);
    await sendOrder(second, other, 1);
    await second.flush();
    assert.deepEqual((await idsIn(shop))[0], [0, 1]);
    await eventually(() => shop.orders.stats.rowsRejected === 1, "the row is counted");
    assert.equal(shop.lines.stats.rowsBuffered, 0);
  });

  it("shares transactions with other sources, which are fenced one by one", async () => {
    const names = createShop();
    await using shop = await openShop({ group: { flushIntervalMs: 10_000 } }, names);
    await using other = await openShop({}, names);
    const sources = await Promise.all(
      range(0, 40).map((n) => shop.group.source(`many/${n}`, { start: 0n })),
    );
    await using taken = await other.group.source("many/3");
    for (const [n, source] of sources.entries()) {
      await sendOrder(source, shop, n);
    }
    const flushes = await Promise.allSettled(sources.map((source) => source.flush()));
    const failed = flushes.flatMap(({ status }, n) => (status === "rejected" ? [n] : []));
    assert.deepEqual(failed, [3]);
    assert.deepEqual(
      (await idsIn(shop))[0],
      range(0, 40).filter((id) => id !== 3),
    );
    assert.equal(taken.position, 0n);
    assert.equal(shop.group.stats.batchesCommitted, 1);
  });

  it("keeps units whole, whatever a batch may take", async () => {
    await using shop = await openShop({ group: { maxBatchRows: 1, maxBufferedBytes: 500 } });
    await using source = await shop.group.source("small", { start: 0n });
    const sent = range(0, 60).map((id) => sendOrder(source, shop, id));
    await Promise.all(sent);
    await source.flush();
    assert.equal((await idsIn(shop))[1]!.length, 120);
    assert.equal(shop.lines.stats.rowsAccepted, 120);
  });

  it("gives several references their order, and takes cycles", async () => {
    await using shop = await openShop();
    const [customers, notes] = ["customers", "notes"].map((name) => `${db.schema}.${name}`);
    await db.pool.query(`CREATE TABLE ${customers} (id int PRIMARY KEY, best_note int);
      CREATE TABLE ${notes} (id int PRIMARY KEY, customer int REFERENCES ${customers});
      ALTER TABLE ${customers} ADD FOREIGN KEY (best_note) REFERENCES ${notes} DEFERRABLE INITIALLY DEFERRED;
      ALTER TABLE ${shop.ordersName} ADD customer int REFERENCES ${customers}`);
    const toCustomers = await shop.group.copier<{ id: number; best_note: number }>(customers!);
    const toNotes = await shop.group.copier<{ id: number; customer: number }>(notes!);
    await shop.orders.close();
    const orders = await shop.group.copier<Order & { customer: number }>(shop.ordersName);
    await using source = await shop.group.source("references", { start: 0n });
    await source.sendMany(
      [
        [shop.lines, { order_id: 5, item: 1 }],
        [orders, { id: 5, note: "x", customer: 1 }],
        [toCustomers, { id: 1, best_note: 1 }],
        [toNotes, { id: 1, customer: 1 }],
      ],
      0,
    );
    await source.flush();
    assert.deepEqual(await idsIn(shop), [[5], [51]]);
    assert.deepEqual(await db.rows(`SELECT id, customer FROM ${notes}`), [{ id: 1, customer: 1 }]);
  });

  it("updates rows of one table and inserts those of another", async () => {
    const upserting = { onConflict: { update: "all" } } as const;
    await using shop = await openShop({ orders: upserting });
    await using source = await shop.group.source("upserts", { start: 0n });
    for (const position of range(0, 300)) {
      const id = position % 7;
      await source.sendMany<[Order, Line]>(
        [
          [shop.orders, { id, note: `version ${position}` }],
          [shop.lines, { order_id: id, item: position }],
        ],
        position,
      );
    }
    await source.flush();
    const found = await db.rows(`SELECT id, note FROM ${shop.ordersName} ORDER BY id`);
    assert.deepEqual(
      found,
      range(0, 7).map((id) => ({ id, note: `version ${id + 7 * Math.floor((299 - id) / 7)}` })),
    );
    assert.equal((await idsIn(shop))[1]!.length, 300);
    assert.equal(shop.orders.stats.rowsBuffered, 0);
  });

  it("lets a connection keep several stages", async () => {
    await using shop = await openShop({
      group: { connections: 1 },
      orders: { onConflict: { update: "all" } },
      lines: { onConflict: { update: "nothing" } },
    });
    const [{ names }] = (await db.rows<{ names: string[] }>(
      `SELECT ARRAY['batch_copy_' || '${shop.ordersName}'::regclass::oid,
        'batch_copy_' || '${shop.linesName}'::regclass::oid] AS names`,
    )) as [{ names: string[] }];
    const stages = (): Promise<unknown[]> =>
      db.rows("SELECT oid FROM pg_class WHERE relname = ANY ($1) ORDER BY oid", [names]);
    await using source = await shop.group.source("stages", { start: 0n });
    await sendOrder(source, shop, 0);
    await source.flush();
    const before = await stages();
    assert.equal(before.length, 2);
    for (const id of range(1, 4)) {
      await sendOrder(source, shop, id);
      await source.flush();
    }
    assert.deepEqual(await stages(), before);
    assert.deepEqual((await idsIn(shop))[0], range(0, 4));
  });
});

describe("a row that the server rejects", () => {
  it("takes all rows of its position with it, each to the onReject of its table", async () => {
    const rejected: string[] = [];
    const onReject = ({ table, row, error }: Rejection): void => {
      assert.equal(error.code, "ROW_REJECTED");
      rejected.push(`${table} ${JSON.stringify(row)}`);
    };
    await using shop = await openShop({ group: { onReject } });
    await using source = await shop.group.source("rejected", { start: 0n });
    await sendOrder(source, shop, 1);
    await sendOrder(source, shop, 2000);
    await source.send(shop.lines, { order_id: 9, item: 9 }, 2001);
    await source.send(shop.orders, { id: 9, note: "x" }, 2002);
    await source.flush();
    assert.equal(source.position, 2003n);
    assert.deepEqual(await idsIn(shop), [
      [1, 9],
      [11, 12, 99],
    ]);
    const { table: orders } = shop.orders;
    const { table: lines } = shop.lines;
    assert.deepEqual(rejected.toSorted(), [
      `${lines} {"order_id":2000,"item":1}`,
      `${lines} {"order_id":2000,"item":2}`,
      `${orders} {"id":2000,"note":"order 2000"}`,
    ]);
    const { rowsRejected, rowsBuffered } = shop.lines.stats;
    assert.deepEqual([rowsRejected, rowsBuffered, shop.orders.stats.rowsRejected], [2, 0, 1]);
  });

  it("names the key of a column only in rows of its table, and so do letters", async () => {
    const told: (readonly unknown[])[] = [];
    const onReject = ({ table, error }: Rejection): void => {
      const { column, key } = error as RowRejectedError;
      told.push([table, column, key]);
    };
    const letters = `${db.schema}.column_letters`;
    await db.pool.query(letterTableDdl(letters));
    await using shop = await openShop({ group: { onReject } });
    await db.pool.query(`ALTER TABLE ${shop.linesName} ADD note text;
      CREATE FUNCTION ${db.schema}.clear() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN NEW.note := NULL; RETURN NEW; END';
      CREATE TRIGGER clear BEFORE INSERT ON ${shop.ordersName}
        FOR EACH ROW EXECUTE FUNCTION ${db.schema}.clear()`);
    for (const options of [{}, { deadLetters: letters }]) {
      await Promise.all([shop.orders.close(), shop.lines.close()]);
      const orders = await shop.group.copier<Order>(shop.ordersName, options);
      const lines = await shop.group.copier<Line & { note: string }>(shop.linesName, options);
      await using source = await shop.group.source("column", { start: 0n });
      const line = { order_id: 3, item: 1, note: "a line" };
      const order = { id: 3, note: "an order" };
      await source.sendMany<[typeof line, Order]>(
        [
          [lines, line],
          [orders, order],
        ],
        source.position,
      );
      await source.flush();
      await Promise.all([orders.close(), lines.close()]);
    }
    const [ordersTable, linesTable] = [shop.orders.table, shop.lines.table];
    assert.deepEqual(
      new Set(told.slice(0, 2)),
      new Set([
        [linesTable, "note", undefined],
        [ordersTable, "note", "note"],
      ]),
    );
    const columns = await db.rows(
      `SELECT table_name, column_name FROM ${letters} ORDER BY table_name`,
    );
    assert.deepEqual(columns, [
      { table_name: linesTable, column_name: null },
      { table_name: ordersTable, column_name: "note" },
    ]);
  });

  it("is found in whichever table it is, at any place", async () => {
    for (const bad of [0, 1, 57, 199]) {
      const rejected: unknown[] = [];
      const onReject = ({ row }: Rejection): void => void rejected.push(row);
      await using shop = await openShop({ group: { onReject } });
      await db.pool.query(
        `ALTER TABLE ${shop.linesName} ADD CHECK (order_id <> ${bad} OR item <> 2)`,
      );
      await using source = await shop.group.source(`found/${bad}`, { start: 0n });
      for (const id of range(0, 200)) {
        await sendOrder(source, shop, id);
      }
      await source.flush();
      assert.equal(rejected.length, 3);
      assert.deepEqual(
        (await idsIn(shop))[0],
        range(0, 200).filter((id) => id !== bad),
      );
    }
  });

  it("ends the source if nobody takes it, and the position stays", async () => {
    await using shop = await openShop();
    const source = await shop.group.source("untaken", { start: 0n });
    await sendOrder(source, shop, 1);
    await sendOrder(source, shop, 2000);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof RowsRejectedError);
      assert.equal(error.count, 3);
      return true;
    });
    assert.deepEqual(await idsIn(shop), [[1], [11, 12]]);
    await eventually(
      async () => (await positionOf("untaken")) === 2n,
      "the good unit is committed",
    );
  });

  it("becomes a dead letter of its table, in the transaction that passes the position", async () => {
    const letters = `${db.schema}.shop_letters`;
    const orderLetters = `${db.schema}.order_letters`;
    await db.pool.query(letterTableDdl(letters) + letterTableDdl(orderLetters));
    await using shop = await openShop({
      group: { deadLetters: letters },
      orders: { deadLetters: orderLetters },
    });
    await using source = await shop.group.source("letters", { start: 0n });
    for (const id of [1, 1001, 1002, 1003]) {
      await sendOrder(source, shop, id);
    }
    await source.flush();
    assert.equal(source.position, 1004n);
    const rows = await db.rows<{ row: unknown; table_name: string }>(
      `SELECT "row", table_name FROM ${letters} ORDER BY id`,
    );
    assert.deepEqual(
      rows.map(({ row }) => row),
      [1001, 1002, 1003].flatMap((id) =>
        ["1", "2"].map((item) => ({ order_id: String(id), item })),
      ),
    );
    assert.equal(rows[0]!.table_name, shop.lines.table);
    const [count] = await db.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${orderLetters}`);
    assert.equal(count!.n, 3);
    assert.deepEqual(await idsIn(shop), [[1], [11, 12]]);
  });

  it("is read by the definition of its table after a column has changed", async () => {
    const rejected: unknown[] = [];
    await using shop = await openShop({
      orders: { onReject: ({ row }) => void rejected.push(row) },
      lines: { onReject: ({ row }) => void rejected.push(row) },
    });
    await using source = await shop.group.source("changed", { start: 0n });
    await sendOrder(source, shop, 1);
    await source.flush();
    await db.pool.query(`ALTER TABLE ${shop.linesName} ALTER item TYPE bigint`);
    await sendOrder(source, shop, 2);
    await sendOrder(source, shop, 3000);
    await source.flush();
    assert.deepEqual(await idsIn(shop), [
      [1, 2],
      [11, 12, 21, 22],
    ]);
    assert.deepEqual(rejected.length, 3);
    assert.deepEqual(
      rejected.find((row) => (row as Order).id === 3000),
      {
        id: 3000,
        note: "order 3000",
      },
    );
  });
});

const POISON = { invalid: "dead-letter" } as const;

/** A shop whose tables have letters of their own, and what they have. */
async function openLetterShop(name: string, group?: CopierGroupOptions) {
  const tables = { orders: `${db.schema}.${name}_orders`, lines: `${db.schema}.${name}_lines` };
  await db.pool.query(letterTableDdl(tables.orders) + letterTableDdl(tables.lines));
  const shop = await openShop({
    ...(group && { group }),
    orders: { deadLetters: tables.orders },
    lines: { deadLetters: tables.lines },
  });
  const lettersIn = (table: string): Promise<Letter[]> =>
    db.rows<Letter>(
      `SELECT code, table_name, "row", column_name, message, position FROM ${table} ORDER BY id`,
    );
  return {
    shop,
    orders: () => lettersIn(tables.orders),
    lines: () => lettersIn(tables.lines),
    [Symbol.asyncDispose]: () => shop[Symbol.asyncDispose](),
  };
}

interface Letter {
  readonly code: string;
  readonly table_name: string;
  readonly row: unknown;
  readonly column_name: string | null;
  readonly message: string;
  readonly position: string;
}

describe('a row of several tables that is sent with invalid: "dead-letter"', () => {
  it("becomes a letter of its own table if it cannot be encoded", async () => {
    await using letters = await openLetterShop("poison");
    const { shop } = letters;
    await using source = await shop.group.source("poison", { start: 0n });
    await source.send(shop.orders, { id: 1, note: "x" }, 0, POISON);
    await source.send(shop.orders, { id: "two", note: "x" } as never, 1, POISON);
    await source.send(shop.lines, { order_id: 1, item: "three" } as never, 2, POISON);
    await source.send(shop.lines, { order_id: 1, item: 4 }, 3, POISON);
    await source.flush();
    assert.deepEqual(await idsIn(shop), [[1], [14]]);
    assert.equal(await positionOf("poison"), 4n);
    const [[order, ...orders], [line, ...lines]] = [await letters.orders(), await letters.lines()];
    assert.deepEqual([orders, lines], [[], []]);
    assert.deepEqual(order!.row, { id: "two", note: "x" });
    assert.deepEqual([order!.table_name, order!.column_name], [shop.orders.table, "id"]);
    assert.deepEqual(line!.row, { order_id: "1", item: "three" });
    assert.deepEqual([line!.table_name, line!.column_name], [shop.lines.table, "item"]);
    assert.deepEqual([order!.position, line!.position], ["1", "2"]);
    for (const { stats } of [shop.orders, shop.lines]) {
      const { rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered } = stats;
      assert.deepEqual([rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered], [2, 1, 1, 0]);
    }
    assert.equal(shop.group.stats.bytesBuffered, 0);
  });

  it("takes the other rows of its position with it, each to the letters of its table", async () => {
    const told: Rejection[] = [];
    const onReject = (rejection: Rejection): void => void told.push(rejection);
    await using letters = await openLetterShop("unit", { onReject });
    const { shop } = letters;
    await using source = await shop.group.source("unit", { start: 0n });
    const order = { id: 1, note: "x" };
    function* unit() {
      yield [shop.orders as Copier<object>, order] as const;
      order.note = "changed";
      yield [shop.lines as Copier<object>, { order_id: 1, item: "bad" }] as const;
      yield [shop.orders as Copier<object>, order] as const;
      order.note = "changed again";
    }
    await source.sendMany(unit(), 0, POISON);
    await sendOrder(source, shop, 2);
    await shop.group.flush();
    assert.deepEqual(await idsIn(shop), [[2], [21, 22]]);
    const [orders, lines] = [await letters.orders(), await letters.lines()];
    assert.deepEqual(
      orders.map(({ row }) => row),
      [
        { id: "1", note: "x" },
        { id: "1", note: "changed" },
      ],
    );
    assert.match(orders[0]!.message, /sent together with an invalid row: column "item"/);
    assert.deepEqual(
      lines.map(({ row, column_name }) => [row, column_name]),
      [[{ order_id: "1", item: "bad" }, "item"]],
    );
    const rows = told.map(({ table, row, error }) => [table, row, (error as EncodeError).value]);
    assert.deepEqual(rows, [
      [shop.orders.table, { id: 1, note: "x" }, { id: 1, note: "x" }],
      [shop.lines.table, { order_id: 1, item: "bad" }, "bad"],
      [shop.orders.table, { id: 1, note: "changed" }, { id: 1, note: "changed" }],
    ]);
  });

  it("is counted once by flush() and close() of the group if onReject fails", async () => {
    const onReject = (): void => {
      throw new Error("the queue is full");
    };
    const letters = await openLetterShop("counted", { onReject, flushIntervalMs: 60_000 });
    const { shop } = letters;
    const source = await shop.group.source("counted", { start: 0n });
    const error = { code: "ROWS_REJECTED", count: 1 };
    await sendOrder(source, shop, 0);
    await source.send(shop.orders, { id: "x" } as never, 1, POISON);
    await assert.rejects(shop.group.flush(), error);
    await source.send(shop.lines, { item: "x" } as never, 2, POISON);
    await assert.rejects(shop.lines.flush(), error);
    await source.send(shop.orders, { id: "x" } as never, 3, POISON);
    await assert.rejects(shop.group.close(), error);
  });

  it("needs the option deadLetters of each of its tables", async () => {
    const letters = `${db.schema}.only_orders`;
    await db.pool.query(letterTableDdl(letters));
    await using shop = await openShop({ orders: { deadLetters: letters } });
    await using source = await shop.group.source("needs", { start: 0n });
    const line = { order_id: 1, item: 1 };
    const error = { code: "INVALID_OPTION", message: /deadLetters of the copier of .*lines_/ };
    await assert.rejects(source.send(shop.lines, line, 0, POISON), error);
    await assert.rejects(source.sendMany([[shop.lines, line]], 0, POISON), error);
    await source.send(shop.orders, { id: "x" } as never, 0, POISON);
    await shop.group.flush();
    assert.equal(shop.orders.stats.rowsRejected, 1);
  });
});

describe("a row that does not fit its table any more", () => {
  it("is encoded by what the tables have become, and those after it wait", async () => {
    await using letters = await openLetterShop("fits");
    const { shop } = letters;
    await db.pool.query(`ALTER TABLE ${shop.ordersName} ALTER note TYPE varchar(3)`);
    await db.pool.query(`ALTER TABLE ${shop.linesName} ADD code varchar(3)`);
    await Promise.all([shop.orders.close(), shop.lines.close()]);
    const orders = await shop.group.copier<Order>(shop.ordersName);
    const lines = await shop.group.copier<Line & { code: string }>(shop.linesName);
    await using source = await shop.group.source("fits", { start: 0n });
    await source.send(orders, { id: 1, note: "abc" }, 0);
    await db.pool.query(`ALTER TABLE ${shop.ordersName} ALTER note TYPE varchar(5)`);
    await db.pool.query(`ALTER TABLE ${shop.linesName} ALTER code TYPE varchar(5)`);
    const order = { id: 2, note: "abcde" };
    const line = { order_id: 2, item: 1, code: "abcde" };
    const later = { id: 3, note: "three" };
    const sent = [
      // Both tables are looked at, one after the other, while the others wait.
      source.sendMany<[typeof order, typeof line]>(
        [
          [orders, order],
          [lines, line],
        ],
        1,
      ),
      source.send(orders, later, 2),
      source.send(lines, { order_id: 3, item: 3, code: "x" }, 3),
    ];
    order.id = 0;
    later.id = 0;
    await Promise.all(sent);
    await source.flush();
    assert.deepEqual(await idsIn(shop), [
      [1, 2, 3],
      [21, 33],
    ]);
    assert.equal(orders.stats.rowsAccepted, 3);
    assert.equal(lines.stats.rowsAccepted, 2);
  });

  it("is refused if its table is closed meanwhile, and so are those that wait for it", async () => {
    await using shop = await openShop();
    await db.pool.query(`ALTER TABLE ${shop.ordersName} ALTER note TYPE varchar(3)`);
    await shop.orders.close();
    const orders = await shop.group.copier<Order>(shop.ordersName);
    await using source = await shop.group.source("closed meanwhile", { start: 0n });
    await source.send(orders, { id: 1, note: "abc" }, 0);
    await db.pool.query(`ALTER TABLE ${shop.ordersName} ALTER note TYPE varchar(5)`);
    const sent = [
      source.send(orders, { id: 2, note: "abcde" }, 1),
      source.send(orders, { id: 3, note: "x" }, 2),
      source.send(shop.lines, { order_id: 1, item: 4 }, 3),
    ];
    const closing = orders.close();
    const results = await Promise.allSettled(sent);
    assert.deepEqual(
      results.map((result) => (result.status === "rejected" ? result.reason.code : "sent")),
      ["CLOSED", "CLOSED", "sent"],
    );
    await closing;
    await source.flush();
    assert.deepEqual(await idsIn(shop), [[1], [14]]);
  });
});

describe("tables that change while a source writes to them", () => {
  it("are written in the order of a foreign key that is new", async () => {
    const rejected: Rejection[] = [];
    const onReject = (rejection: Rejection): void => void rejected.push(rejection);
    await using shop = await openShop({ group: { onReject } });
    const foreignKey = `FOREIGN KEY (order_id) REFERENCES ${shop.ordersName}`;
    await db.pool.query(`ALTER TABLE ${shop.linesName} DROP CONSTRAINT "${await keyOf(shop)}"`);
    await using source = await shop.group.source("new key", { start: 0n });
    await sendOrder(source, shop, 0);
    await source.flush();
    await db.pool.query(`ALTER TABLE ${shop.linesName} ADD ${foreignKey}`);
    await sendOrder(source, shop, 1);
    await source.flush();
    await db.pool.query(`DROP TABLE ${shop.linesName}, ${shop.ordersName};
      CREATE TABLE ${shop.linesName} (order_id int NOT NULL, item int NOT NULL);
      CREATE TABLE ${shop.ordersName} (id int PRIMARY KEY, note text NOT NULL)`);
    await db.pool.query(`ALTER TABLE ${shop.linesName} ADD ${foreignKey}`);
    await sendOrder(source, shop, 2);
    await source.send(shop.lines, { order_id: 77, item: 1 }, 3);
    await source.flush();
    assert.deepEqual(await idsIn(shop), [[2], [21, 22]]);
    assert.deepEqual(
      rejected.map(({ row }) => row),
      [{ order_id: 77, item: 1 }],
    );
  });

  it("are written in the order of keys between their partitions and parents", async () => {
    await using shop = await openShop();
    const [parents, part] = [`${db.schema}.parents`, `${db.schema}.parents_1`];
    const [children, child] = [`${db.schema}.children`, `${db.schema}.children_1`];
    await db.pool.query(`CREATE TABLE ${parents} (id int PRIMARY KEY) PARTITION BY LIST (id);
      CREATE TABLE ${part} PARTITION OF ${parents} DEFAULT;
      CREATE TABLE ${children} (id int) PARTITION BY LIST (id);
      CREATE TABLE ${child} PARTITION OF ${children} DEFAULT;
      ALTER TABLE ${child} ADD FOREIGN KEY (id) REFERENCES ${parents}`);
    const toChildren = await shop.group.copier<{ id: number }>(children);
    const toPart = await shop.group.copier<{ id: number }>(part);
    await using source = await shop.group.source("partitions", { start: 0n });
    await source.sendMany(
      [
        [toChildren, { id: 1 }],
        [toChildren, { id: 2 }],
        [toPart, { id: 1 }],
        [toPart, { id: 2 }],
      ],
      2,
    );
    await source.flush();
    assert.equal((await db.rows(`SELECT FROM ${children}`)).length, 2);
  });

  it("are told apart after one was given up and another one has changed", async () => {
    await using shop = await openShop({ group: { flushIntervalMs: 60_000 } });
    await db.pool.query(`ALTER TABLE ${shop.ordersName} ADD amount int`);
    await shop.orders.close();
    const orders = await shop.group.copier<Order & { amount: number }>(shop.ordersName);
    const source = await shop.group.source("given up, too", { start: 0n });
    await using others = await shop.group.source("changed, too", { start: 0n });
    const release = await lockTable(db.pool, shop.linesName);
    await source.sendMany(
      [
        [orders, { id: 1, note: "x", amount: 1 }],
        [shop.lines, { order_id: 1, item: 1 }],
      ],
      1,
    );
    await others.send(orders, { id: 7, note: "x", amount: 7 }, 7);
    const flush = assert.rejects(source.flush(), UndeliveredError);
    const changed = db.pool.query(`ALTER TABLE ${shop.ordersName} ALTER amount TYPE bigint`);
    await shop.lines.close({ timeoutMs: 50 });
    await flush;
    await Promise.all([changed, others.flush()]);
    await release();
    assert.deepEqual(await idsIn(shop), [[7], []]);
    await eventually(() => orders.stats.rowsBuffered === 0, "all are settled");
    const { rowsAccepted, rowsCommitted, rowsRejected } = orders.stats;
    assert.deepEqual([rowsAccepted, rowsCommitted, rowsRejected], [2, 1, 1]);
  });
});

describe("through PgBouncer in transaction mode, a source of a group", () => {
  it("writes to several tables, some of whose rows are rejected", { skip }, async () => {
    const bouncer = await PgBouncer.start(db.url, 2);
    const rejected: unknown[] = [];
    const onReject = ({ row }: Rejection): void => void rejected.push(row);
    const names = createShop();
    const shop = await openShop({ group: { databaseUrl: bouncer.url, onReject } }, names);
    const source = await shop.group.source("bouncer", { start: 0n });
    for (const id of [...range(0, 100), ...range(1000, 1010)]) {
      await sendOrder(source, shop, id);
      if (id % 30 === 0) {
        await source.flush();
      }
    }
    await source.close();
    await shop.group.close();
    await bouncer.stop();
    assert.equal(source.position, 1010n);
    assert.equal(rejected.length, 30);
    assert.deepEqual((await idsIn(shop))[0], range(0, 100));
  });
});

describe("a copier of a group's source", () => {
  it("must be one of the group, and open", async () => {
    await using shop = await openShop();
    await using other = await openShop();
    const source = await shop.group.source("copiers", { start: 0n });
    const alone = await Copier.connect<Order>(shop.ordersName, { databaseUrl: db.url });
    const row = { id: 1, note: "x" };
    await assert.rejects(source.send(other.orders, row, 1), { code: "INVALID_OPTION" });
    await assert.rejects(source.send(alone, row, 1), { code: "INVALID_OPTION" });
    await assert.rejects(source.send(undefined as never, row, 1), {
      code: "INVALID_OPTION",
      message: /copier of the group, got undefined/,
    });
    const typo = { invalid: "letter" } as never;
    await assert.rejects(source.send(shop.orders, row, 1, typo), { code: "INVALID_OPTION" });
    await assert.rejects(source.sendMany([], 1, typo), { code: "INVALID_OPTION" });
    await assert.rejects(source.sendMany([row] as never, 1), { message: /pairs \[copier, row\]/ });
    await assert.rejects(source.send(shop.orders, { id: "x" } as never, 1), {
      code: "ENCODE_FAILED",
    });
    await source.send(shop.orders, row, 1);
    await shop.lines.close();
    await assert.rejects(source.send(shop.lines, { order_id: 1, item: 1 }, 2), { code: "CLOSED" });
    const lines = await shop.group.copier<Line>(shop.linesName);
    await source.send(lines, { order_id: 1, item: 1 }, 2);
    await source.close();
    await alone.close();
    assert.deepEqual(await idsIn(shop), [[1], [11]]);
  });

  it("waits in flush() and close() for the rows of the source", async () => {
    await using shop = await openShop({ group: { flushIntervalMs: 60_000 } });
    await using source = await shop.group.source("waits", { start: 0n });
    await sendOrder(source, shop, 1);
    await shop.lines.flush();
    assert.equal(source.position, 2n);
    await sendOrder(source, shop, 2);
    await shop.lines.close();
    assert.equal(source.position, 3n);
    await source.send(shop.orders, { id: 3, note: "x" }, 3);
    await source.flush();
    assert.deepEqual(await idsIn(shop), [
      [1, 2, 3],
      [11, 12, 21, 22],
    ]);
    assert.equal(shop.group.stats.rowsCommitted, 7);
  });

  it("refuses in close() the calls that wait for room, and no others", async () => {
    await using shop = await openShop({
      group: { maxBufferedBytes: 100, flushIntervalMs: 60_000 },
    });
    await using source = await shop.group.source("room", { start: 0n });
    const release = await lockTable(db.pool, shop.ordersName);
    await sendOrder(source, shop, 0);
    const waiting = sendOrder(source, shop, 1);
    const others = source.send(shop.orders, { id: 9, note: "x" }, 9);
    const refused = assert.rejects(waiting, { code: "CLOSED" });
    const closing = shop.lines.close();
    await refused;
    await release();
    await Promise.all([closing, others]);
    await source.flush();
    assert.deepEqual(await idsIn(shop), [
      [0, 9],
      [1, 2],
    ]);
  });

  it("gives up in close({ timeoutMs }) by ending the sources with rows of its table", async () => {
    await using shop = await openShop();
    const source = await shop.group.source("given up", { start: 0n });
    await using others = await shop.group.source("others", { start: 0n });
    const release = await lockTable(db.pool, shop.linesName);
    await sendOrder(source, shop, 1);
    await others.send(shop.orders, { id: 7, note: "x" }, 7);
    const flush = assert.rejects(source.flush(), UndeliveredError);
    await shop.lines.close({ timeoutMs: 50 });
    await flush;
    await others.flush();
    await release();
    assert.deepEqual(await idsIn(shop), [[7], []]);
    await eventually(() => shop.group.stats.rowsBuffered === 0, "all rows are settled");
    const { rowsAccepted, rowsCommitted, rowsRejected } = shop.group.stats;
    assert.deepEqual([rowsAccepted, rowsCommitted, rowsRejected], [4, 1, 3]);
    await assert.rejects(sendOrder(source, shop, 2), UndeliveredError);
  });

  it("may be flushed in onReject as little as any other", async () => {
    let error: unknown;
    const shop: Shop = await openShop({
      orders: {
        onReject: () => shop.orders.flush().catch((thrown: unknown) => void (error = thrown)),
      },
      lines: { onReject() {} },
    });
    const source = await shop.group.source("in onReject", { start: 0n });
    await sendOrder(source, shop, 5000);
    await source.close();
    assert.match(String(error), /must not be called in onReject/);
    await shop[Symbol.asyncDispose]();
  });

  it("may have a table that does not share the ledger's fate: its sources end before it is written", async () => {
    await using shop = await openShop();
    const name = `${db.schema}.unlogged`;
    await db.pool.query(`CREATE UNLOGGED TABLE ${name} (id int)`);
    const unlogged = await shop.group.copier<{ id: number }>(name);
    const source = await shop.group.source("unlogged", { start: 0n });
    await using other = await shop.group.source("logged", { start: 0n });
    await source.send(unlogged, { id: 1 }, 1);
    await sendOrder(other, shop, 1);
    await assert.rejects(source.flush(), SchemaMismatchError);
    await other.flush();
    assert.deepEqual(await db.rows(`SELECT * FROM ${name}`), []);
    assert.equal(await positionOf("unlogged"), 0n);
  });
});

describe("a group with sources", () => {
  it("commits in close() what they have sent, and opens no more", async () => {
    const shop = await openShop({ group: { flushIntervalMs: 60_000 } });
    const source = await shop.group.source("closed", { start: 0n });
    await sendOrder(source, shop, 1);
    await source.advance(10);
    await shop.group.close();
    assert.equal(source.position, 10n);
    await assert.rejects(sendOrder(source, shop, 11), { code: "CLOSED" });
    await assert.rejects(shop.group.source("late"), { code: "CLOSED" });
    await source.close();
  });

  it("gives up in close({ timeoutMs }), and whoever opens the source next knows where it stands", async () => {
    const names = createShop();
    const shop = await openShop({}, names);
    const source = await shop.group.source("stuck", { start: 0n });
    const release = await lockTable(db.pool, shop.linesName);
    await sendOrder(source, shop, 0);
    const flush = assert.rejects(source.flush(), OutcomeUnknownError);
    await eventually(async () => {
      const waiting = `SELECT FROM pg_locks WHERE NOT granted AND relation = '${shop.linesName}'::regclass`;
      return (await db.rows(waiting)).length > 0;
    }, "the transaction waits for the lock");
    await shop.group.close({ timeoutMs: 50 });
    await flush;
    await release();
    await using next = await openShop({}, names);
    await using reopened = await next.group.source("stuck");
    await sendOrder(reopened, next, 0);
    await sendOrder(reopened, next, 1);
    await reopened.flush();
    assert.deepEqual(await idsIn(next), [
      [0, 1],
      [1, 2, 11, 12],
    ]);
  });

  it("does not hold up other tables while one of a source is locked", async () => {
    await using shop = await openShop();
    await using source = await shop.group.source("locked", { start: 0n });
    const release = await lockTable(db.pool, shop.linesName);
    await sendOrder(source, shop, 1);
    await shop.orders.insert({ id: 100, note: "x" });
    await release();
    await source.flush();
    assert.deepEqual(await idsIn(shop), [
      [1, 100],
      [11, 12],
    ]);
  });

  it("writes through a table's own copier beside the source", async () => {
    await using shop = await openShop();
    await using source = await shop.group.source("beside", { start: 0n });
    for (const id of range(0, 100)) {
      await shop.orders.send({ id: 500 + id, note: "x" });
      await sendOrder(source, shop, id);
    }
    await shop.group.flush();
    assert.deepEqual((await idsIn(shop))[0], [...range(0, 100), ...range(500, 600)]);
    assert.equal(shop.orders.stats.rowsCommitted, 200);
  });
});
