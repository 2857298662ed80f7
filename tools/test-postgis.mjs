// @ts-check
// Runs the tests of types against PostGIS, which does not come with the embedded servers:
//   node tools/test-postgis.mjs [ARGS...]
// Arguments go to tools/test.mjs. PostGIS is that of Debian or Ubuntu; root installs it if it is
// missing. Where there is none, the script says why it is skipped, and succeeds.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { startServer } from "@batch-copy/test-server";

const PACKAGE = "postgresql-postgis";
const SERVERS = "/usr/lib/postgresql";
const TESTS = ["db/codecs", "db/from-drizzle", "db/type-coverage"];

const obstacle = installedServer() === undefined ? installPostgis() : undefined;
const nativeDir = installedServer();

if (nativeDir === undefined) {
  console.log(`The tests against PostGIS are skipped: ${obstacle ?? "it is not installed"}.`);
} else {
  process.exitCode = await runTests(nativeDir);
}

/** The folder of the newest server that has PostGIS, as Debian lays them out. */
function installedServer() {
  const majors = existsSync(SERVERS) ? readdirSync(SERVERS) : [];
  const found = majors
    .toSorted((a, b) => Number(b) - Number(a))
    .find((major) => existsSync(`/usr/share/postgresql/${major}/extension/postgis.control`));
  return found === undefined ? undefined : join(SERVERS, found);
}

/** @returns {string | undefined} why it cannot be installed */
function installPostgis() {
  if (!existsSync("/etc/debian_version")) return "this is neither Debian nor Ubuntu";
  if (process.getuid?.() !== 0) return `only root can install the package ${PACKAGE}`;
  console.log(`Installing the package ${PACKAGE} ...`);
  return run("apt-get", ["update"]) ?? run("apt-get", ["install", "-y", PACKAGE]);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string | undefined} why it failed
 */
function run(command, args) {
  const { status, error, stderr } = spawnSync(
    command,
    ["-qq", "--no-install-recommends", ...args],
    {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      encoding: "utf8",
    },
  );
  if (status === 0) return undefined;
  return `${command} ${args.join(" ")} failed: ${error?.message ?? stderr.trim()}`;
}

/**
 * @param {string} folder
 * @returns {Promise<number>} the exit code of the tests
 */
async function runTests(folder) {
  console.log(`Testing with PostGIS on the server in ${folder} ...`);
  const server = await startServer({ nativeDir: folder });
  const args = process.argv.slice(2);
  const script = join(import.meta.dirname, "test.mjs");
  const { status } = spawnSync(process.execPath, [script, ...(args.length > 0 ? args : TESTS)], {
    env: { ...process.env, DATABASE_URL: server.url },
    stdio: "inherit",
  });
  await server.stop();
  return status ?? 1;
}
