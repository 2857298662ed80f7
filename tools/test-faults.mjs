// @ts-check
// The long run of the fault tests: node tools/test-faults.mjs [NAME...] [--NODE-FLAG...]
// NAME selects the files whose path contains it. The length is in test/helpers/fault/extent.ts.
// What several runs have done is added up by tools/sum-faults.mjs.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith("-"));
const names = args.filter((arg) => !arg.startsWith("-")).map((name) => `test/fault/${name}`);

const { status } = spawnSync(
  process.execPath,
  [
    join(import.meta.dirname, "test.mjs"),
    ...(names.length > 0 ? names : ["test/fault/"]),
    "--test-timeout=14400000",
    "--test-concurrency=1",
    ...flags,
  ],
  { env: { FAULTS: "long", ...process.env }, stdio: "inherit" },
);
process.exitCode = status ?? 1;
