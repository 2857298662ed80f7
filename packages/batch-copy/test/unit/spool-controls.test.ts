import { describe } from "node:test";

import { testControls } from "../helpers/spool/histories/test-controls.js";

// A check that cannot fail proves nothing.
describe("the histories of the spool fail when", () => {
  testControls((name) => !name.startsWith("spool-rewritten-"));
});
