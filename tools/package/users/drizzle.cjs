const scenario = require("./drizzle-scenario.cjs");

void scenario(require("batch-copy"), require("batch-copy/drizzle"));
