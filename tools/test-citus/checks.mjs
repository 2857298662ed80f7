// @ts-check

import { cutConnections } from "./cut-connections.mjs";
import { manyRefusedRows, refusedRows } from "./refused-rows.mjs";
import { workerFaults } from "./worker-faults.mjs";

/** @type {readonly import("./check.mjs").Check[]} */
export const checks = [...refusedRows, ...manyRefusedRows, ...workerFaults, ...cutConnections];
