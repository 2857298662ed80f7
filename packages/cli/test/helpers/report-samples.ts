import type { LoadProgress, LoadSummary } from "../../dist/load/load-output.js";

export const progressSample: LoadProgress = {
  file: "prices.csv",
  fileNumber: 1,
  files: 1,
  bytesRead: 45_000_000,
  bytesTotal: 100_000_000,
  rows: 500_000,
  rejects: 0,
};

export const summarySample: LoadSummary = {
  table: '"app"."prices"',
  isDryRun: false,
  files: 1,
  rows: 1_000_000,
  rowsUpdated: 0,
  rowsIgnored: 0,
  rejects: 0,
  shownRejects: [],
  rejectsFile: undefined,
  hasEarlierRejects: false,
  bytes: 100_000_000,
  seconds: 4,
  stopReason: undefined,
  canResume: false,
};
