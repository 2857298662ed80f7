const scenario = require("./scenario.cjs");

void scenario(require("batch-copy"));
