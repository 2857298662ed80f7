import { int2, jsonb, table, text, timestamptz } from "batch-copy";

import { SCHEMA } from "../support/database.js";

/** A log line: what all lines have, and their other fields. */
export const logLines = table(
  "log_lines",
  { time: timestamptz, level: int2, msg: text.nullable(), fields: jsonb },
  { schema: SCHEMA },
);
