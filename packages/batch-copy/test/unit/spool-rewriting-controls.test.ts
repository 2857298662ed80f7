import { describe } from "node:test";

import { testControls } from "../helpers/spool/histories/test-controls.js";

describe("the histories of the spool fail, where segments are rewritten, when", () => {
  testControls((name) => name.startsWith("spool-rewritten-"));
});
