import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, table } from "../../dist/index.js";

const numbers = table("numbers", { n: int4 });

async function refuses(options: object, message: RegExp): Promise<void> {
  await assert.rejects(Copier.connect(numbers, options), (error: Error & { code?: string }) => {
    assert.equal(error.code, "INVALID_OPTION");
    assert.match(error.message, message);
    return true;
  });
}

describe("options", () => {
  it("are refused by name when they are bad", async () => {
    await refuses({ connections: 0 }, /connections must be 1 to 1000, got 0/);
    await refuses({ connections: 1.5 }, /connections must be an integer, got 1.5/);
    await refuses({ maxBatchRows: "8000" }, /maxBatchRows must be an integer, got '8000'/);
    await refuses({ maxBatchBytes: -1 }, /maxBatchBytes must be 1 to/);
    await refuses({ maxBufferedBytes: Number.NaN }, /maxBufferedBytes must be an integer, got NaN/);
    await refuses({ flushIntervalMs: -1 }, /flushIntervalMs must be 0 to 2147483647, got -1/);
    await refuses({ connectTimeoutMs: 2 ** 31 }, /connectTimeoutMs must be 1 to 2147483647/);
    await refuses(
      { connectionLifetimeMs: null },
      /connectionLifetimeMs must be an integer, got null/,
    );
    await refuses({ databaseUrl: 5 }, /databaseUrl must be a connection string/);
    await refuses({ pool: {} }, /pool must be a pg.Pool/);
    await refuses({ pool: { connect() {} }, databaseUrl: "x" }, /exclude each other/);
    await refuses({ retry: { minDelayMs: 0 } }, /retry.minDelayMs must be at least 1, got 0/);
    await refuses({ retry: { maxDelayMs: 0 } }, /retry.maxDelayMs must be at least 1, got 0/);
    await refuses({ onReject: "log" }, /onReject must be a function/);
  });

  it("are refused when there is no such option", async () => {
    await refuses(null as never, /options must be an object, got null/);
    await refuses({ constructor: 1 }, /there is no option "constructor"/);
    await refuses({ databaseUrl: "" }, /databaseUrl must be a connection string/);
    await refuses({ batchSize: 10 }, /there is no option "batchSize"/);
  });
});
