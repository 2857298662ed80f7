const scenario = require("../scenario.cjs");

test("inserts rows with what require() finds", () => scenario(require("batch-copy")));
