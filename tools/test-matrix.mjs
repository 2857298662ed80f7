// @ts-check
// Runs the tests under each supported Node: node tools/test-matrix.mjs [--only 22,24] [ARGS...]
// Other arguments are passed to tools/test.mjs. Node itself is installed from npm into .cache/.
import { delimiter, dirname } from "node:path";

import { MAJORS, nodeOf, versionOf } from "./node-versions.mjs";
import { testEach } from "./test-each.mjs";

await testEach("Node", MAJORS, MAJORS, (major) => {
  const node = nodeOf(major);
  return {
    version: versionOf(node) ?? major,
    node,
    env: { PATH: dirname(node) + delimiter + process.env["PATH"] },
  };
});
