// @ts-check

import { RowRejectedError } from "../../packages/batch-copy/dist/index.js";
import { expectSame, goodRow, rejections, within, withCopier } from "./check.mjs";
import { placements } from "./cluster.mjs";

/**
 * @import { CopierOptions } from "../../packages/batch-copy/dist/index.js"
 * @import { Check, Row } from "./check.mjs"
 * @import { CitusCluster } from "./cluster.mjs"
 */

/** The key that is in the table before. */
const TAKEN = 1;
/** A lone row has nothing to be compared with, and takes a few attempts. */
const SECONDS = 15;

/**
 * Rows that the server refuses. The constraint is a suffix of its name.
 * @type {Record<string, { change: Partial<Row>, sqlState: string, constraint?: string }>}
 */
const REFUSED = {
  "a duplicate key": { change: { id: TAKEN }, sqlState: "23505", constraint: "_pkey" },
  "a null": { change: { note: "null" }, sqlState: "23502" },
  "a failed check": { change: { amount: -1 }, sqlState: "23514", constraint: "positive_amount" },
  "a trigger's error": { change: { note: "raise" }, sqlState: "P0001" },
  "a trigger's 42P01": { change: { note: "raise 42P01" }, sqlState: "42P01" },
};

/** @type {Check[]} */
export const refusedRows = placements.flatMap((placement) =>
  Object.entries(REFUSED).map(([what, { change, sqlState, constraint }]) => ({
    name: `${placement}: a lone row with ${what} is returned with ${sqlState}`,
    run: async (cluster) => {
      const table = await cluster.createTable(placement);
      await cluster.pool.query(`INSERT INTO ${table} VALUES (${TAKEN}, 'there', 1)`);
      const bad = { ...goodRow(2), ...change };
      const expected = await expectation(cluster, table, bad, sqlState, constraint);
      await withCopier(cluster.url, table, { connections: 1 }, async (copier) => {
        const [alone] = await within(Promise.allSettled([copier.insert(bad)]), "alone", SECONDS);
        expected(alone);
        const rows = [goodRow(10), bad, goodRow(11)];
        const together = Promise.allSettled(rows.map((row) => copier.insert(row)));
        const [before, refused, after] = await within(together, "among good rows", SECONDS);
        expected(refused);
        expectSame([before?.status, after?.status], ["fulfilled", "fulfilled"], "its neighbours");
      });
      expectSame(await cluster.ids(table), [TAKEN, 10, 11], "rows in the table");
    },
  })),
);

/**
 * What the server says of the row in an INSERT is what its sender must be told.
 * @param {CitusCluster} cluster
 * @param {string} table
 * @param {Row} row
 * @param {string} sqlState
 * @param {string | undefined} constraint
 * @returns {Promise<(result: PromiseSettledResult<void> | undefined) => void>} throws if it was not
 */
async function expectation(cluster, table, row, sqlState, constraint) {
  const truth = await cluster.insertError(table, row);
  expectSame(truth.code, sqlState, "SQLSTATE of an INSERT");
  return (result) => {
    const error = result?.status === "rejected" ? result.reason : undefined;
    if (!(error instanceof RowRejectedError)) {
      throw new Error(`expected a RowRejectedError, got ${error ?? "no rejection"}`);
    }
    expectSame(error.sqlState, sqlState, `SQLSTATE of "${error.message}"`);
    expectSame(/** @type {Row} */ (error.row).id, row.id, "the id of the row");
    if (constraint !== undefined) checkConstraint(error, truth.constraint, constraint);
  };
}

/**
 * Citus passes the field on only where the shard is on the node that we are connected to; else the
 * message alone names the constraint. The name on a shard ends with the shard's number.
 * @param {RowRejectedError} error
 * @param {string | undefined} truth
 * @param {string} suffix
 */
function checkConstraint({ constraint, message }, truth, suffix) {
  const isNamed =
    truth === undefined && constraint === undefined
      ? message.includes(suffix)
      : constraint?.replace(/_\d+$/, "").endsWith(suffix);
  if (!isNamed) {
    throw new Error(`constraint "${constraint}", INSERT says "${truth}", message: ${message}`);
  }
}

const MANY = 400;
const MANY_SECONDS = 90;

/** @type {Check[]} */
export const manyRefusedRows = placements.flatMap((placement) => [
  {
    name: `${placement}: of ${MANY} rows every 20th is refused, and no other`,
    run: async (cluster) => {
      const table = await cluster.createTable(placement);
      const kinds = Object.values(REFUSED).filter(({ change }) => change.id === undefined);
      const isBad = (/** @type {number} */ id) => id % 20 === 7;
      /** @type {Map<number, string>} */
      const refused = new Map();
      /** @type {CopierOptions<Row>["onReject"]} */
      const onReject = ({ row, error }) => {
        refused.set(row.id, sqlStateOf(error));
      };
      const all = Array.from({ length: MANY }, (_, id) => id);
      const kindOf = (/** @type {number} */ id) => kinds[((id - 7) / 20) % kinds.length];
      await withCopier(cluster.url, table, { onReject }, async (copier) => {
        await copier.sendMany(
          all.map((id) => ({ ...goodRow(id), ...(isBad(id) && kindOf(id)?.change) })),
        );
        await within(copier.flush(), "flush()", MANY_SECONDS);
      });
      const expected = all.filter(isBad).map((id) => [id, kindOf(id)?.sqlState]);
      const byId = [...refused].toSorted(([one], [other]) => one - other);
      expectSame(byId, expected, "refused rows");
      const good = all.filter((id) => !isBad(id));
      expectSame(await cluster.ids(table), good, "rows in the table");
    },
  },
  {
    name: `${placement}: of two rows with one key in a batch one is refused, with 23505`,
    run: async (cluster) => {
      const table = await cluster.createTable(placement);
      const keys = Array.from({ length: 10 }, (_, key) => key);
      await withCopier(cluster.url, table, {}, async (copier) => {
        const rows = [...keys, ...keys].map((key) => goodRow(key));
        const all = Promise.allSettled(rows.map((row) => copier.insert(row)));
        const results = await within(all, "insert()", MANY_SECONDS);
        const errors = rejections(results).map(sqlStateOf);
        expectSame(
          errors,
          keys.map(() => "23505"),
          "errors",
        );
      });
      expectSame(await cluster.ids(table), keys, "rows in the table");
    },
  },
]);

/** @param {Error} error */
function sqlStateOf(error) {
  return error instanceof RowRejectedError ? error.sqlState : String(error);
}
