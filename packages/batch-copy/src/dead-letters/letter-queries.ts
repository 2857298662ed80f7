import { EQ } from "../catalog-operators.js";
import { textQuery, type TextQuery } from "../text-query.js";
import { CONSTANT_FORM } from "./text-settings.js";

/** Letters that are asked for at once. */
const IDS = 1000;

const OF_TABLE = `"table_name" ${EQ} $1`;

/** The greatest id of the table's letters. */
export function lastIdQuery(letterTable: string, table: string): TextQuery {
  const sql = `SELECT max("id")::pg_catalog.text FROM ${letterTable} WHERE ${OF_TABLE}`;
  return textQuery(sql, [table]);
}

/**
 * The ids of the table's letters in order, some of them.
 *
 * @param after the last id of the previous answer
 * @param last the greatest id to be returned
 * @param where a condition of the user's own
 */
export function idsQuery(
  letterTable: string,
  table: string,
  { after, last, where }: { after: bigint; last: bigint; where: string | undefined },
): TextQuery {
  // Its own query keeps the condition apart: a comment must not hide what follows, nor an OR undo it.
  const chosen = where === undefined ? "" : ` WHERE (${where}\n)`;
  // By the name of a result, rows would be sorted as text.
  return textQuery(
    `SELECT "id"::pg_catalog.text AS number
     FROM (SELECT "id", "table_name" FROM ${letterTable}${chosen}) AS letters WHERE ${OF_TABLE}
     AND "id" OPERATOR(pg_catalog.>) $2::bigint AND "id" OPERATOR(pg_catalog.<=) $3::bigint
     ORDER BY "id" LIMIT ${IDS}`,
    [table, String(after), String(last)],
  );
}

const OF_ID = `${OF_TABLE} AND "id" ${EQ} $2::bigint`;

/** A letter may have been edited by hand, with a number, which JavaScript would round. */
const TEXTS = `CASE pg_catalog.jsonb_typeof("row") WHEN 'object' THEN (
  SELECT coalesce(pg_catalog.json_object_agg(key, value), '{}') FROM pg_catalog.jsonb_each_text("row")
) END`;

/**
 * Removes a letter and returns its row as JSON with a text for each value; NULL if it is no object. There
 * are several if the id is not unique. Of several processes, the one whose transaction commits has them.
 * The settings for the text forms are set until the end of the transaction.
 */
export function takeQuery(letterTable: string, table: string, id: bigint): TextQuery {
  return textQuery(
    `DELETE FROM ${letterTable} WHERE ${OF_ID}
     RETURNING (${TEXTS})::pg_catalog.text, (${CONSTANT_FORM})::pg_catalog.text`,
    [table, String(id)],
  );
}

/** Has a row if the letter is there. */
export function letterQuery(letterTable: string, table: string, id: bigint): TextQuery {
  const sql = `SELECT "id"::pg_catalog.text FROM ${letterTable} WHERE ${OF_ID}`;
  return textQuery(sql, [table, String(id)]);
}
