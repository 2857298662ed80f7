import { table } from "batch-copy";

import { SCHEMA, type Workload } from "./workload.js";

/** What one table receives: the workload of that table, and its number of rows. */
export interface Share {
  readonly workload: Workload;
  readonly rows: number;
}

/** Divides the rows of a workload among tables. */
export type Divide = (workload: Workload, rows: number) => readonly Share[];

/** All rows go to the workload's own table. */
export const toOneTable: Divide = (workload, rows) => [{ workload, rows }];

/** The rows are written elsewhere, and the table must stay empty. */
export const toNoTable: Divide = (workload) => [{ workload, rows: 0 }];

/**
 * Row `n` goes to table `n % tables`. Few tables receive the same rows, so that a row in the wrong table
 * is noticed.
 */
export function inTurn(tables: number): Divide {
  return (workload, rows) =>
    Array.from({ length: tables }, (_, index) => ({
      workload: tableOf(workload, index, `${index} of ${tables}`, (n) => n * tables + index),
      rows: Math.floor((rows + tables - 1 - index) / tables),
    }));
}

/** All rows go to one table; a second one receives as many as are given. */
export function besideNeighbor(neighborRows: number): Divide {
  return (workload, rows) =>
    [rows, neighborRows].map((count, index) => ({
      workload: tableOf(workload, index, `neighbor ${index}`, (n) => n),
      rows: count,
    }));
}

/** Another table with the same columns, and the number of the workload's row that is its n-th. */
function tableOf(
  workload: Workload,
  index: number,
  name: string,
  numberOf: (n: number) => number,
): Workload {
  return {
    ...workload,
    name: `${workload.name} ${name}`,
    table: table(`${workload.table.name}_${index}`, workload.table.columns, { schema: SCHEMA }),
    row: (n) => workload.row(numberOf(n)),
  };
}
