import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, table } from "../../dist/index.js";
import { resolveOptions } from "../../dist/options.js";

const numbers = table("numbers", { n: int4 });

async function refuses(options: unknown, message: RegExp | string): Promise<void> {
  const connecting = Copier.connect(numbers, options as object);
  await assert.rejects(connecting, (error: Error & { code?: string }) => {
    assert.equal(error.code, "INVALID_OPTION");
    if (typeof message === "string") {
      assert.equal(error.message, message);
    } else {
      assert.match(error.message, message);
    }
    return true;
  });
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Each numeric option with its smallest and its largest value. */
const RANGES = {
  connections: [1, 1000],
  maxBatchRows: [1, Number.MAX_SAFE_INTEGER],
  maxBatchBytes: [1, Number.MAX_SAFE_INTEGER],
  flushIntervalMs: [0, MAX_TIMER_MS],
  maxBufferedBytes: [1, Number.MAX_SAFE_INTEGER],
  connectTimeoutMs: [1, MAX_TIMER_MS],
  poolTimeoutMs: [1, MAX_TIMER_MS],
  connectionLifetimeMs: [1, MAX_TIMER_MS],
  copyTimeoutMs: [1, MAX_TIMER_MS],
} as const;

/** What is a number of nothing. */
const NO_NUMBERS = [
  NaN,
  Infinity,
  -Infinity,
  0.5,
  -1,
  2 ** 53,
  1e300,
  "8000",
  "",
  5n,
  null,
  true,
  [],
];

/** Objects without keys, which must not stand for the defaults: a forgotten `await`, say. */
const NO_OPTIONS = [
  Promise.resolve({ maxBatchRows: 1 }),
  new Map([["maxBatchRows", 1]]),
  new Date(0),
  new Error("no options"),
];

describe("a numeric option", () => {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    it(`is an integer in its range: ${name}`, async () => {
      for (const value of [...NO_NUMBERS, least - 1, most + 1, new Date(0), {}]) {
        await refuses(
          { [name]: value },
          new RegExp(`^${name} must be an integer from ${least} to ${most}, got `),
        );
      }
      for (const value of [least, most]) {
        assert.equal(resolveOptions({ [name]: value })[name as "connections"], value);
      }
    });
  }

  it("is named with the value that it has", async () => {
    await refuses({ connections: 0 }, "connections must be an integer from 1 to 1000, got 0");
    await refuses(
      { maxBatchRows: "8000" },
      `maxBatchRows must be an integer from 1 to ${Number.MAX_SAFE_INTEGER}, got '8000'`,
    );
    await refuses({ connections: 5n }, /got 5n$/);
    await refuses({ connections: "x".repeat(1e6) }, /got 'x{59}…$/);
  });
});

describe("the option retry", () => {
  it("has milliseconds in their ranges", async () => {
    for (const name of ["minDelayMs", "maxDelayMs", "timeoutMs"]) {
      for (const value of [NaN, -1, -Infinity, 2 ** 31, "50", 5n, null]) {
        await refuses(
          { retry: { [name]: value } },
          new RegExp(`^retry\\.${name} must be from 0 to`),
        );
      }
    }
    for (const name of ["minDelayMs", "maxDelayMs"]) {
      for (const value of [0, 0.5, Infinity]) {
        const message = `retry.${name} must be from 1 to ${MAX_TIMER_MS}, got ${value}`;
        await refuses({ retry: { minDelayMs: 1, maxDelayMs: 1, [name]: value } }, message);
      }
    }
    await refuses(
      { retry: { minDelayMs: 6000 } },
      "retry.minDelayMs (6000) must not be greater than retry.maxDelayMs (5000)",
    );
    for (const retry of [null, [], "none", 5, ...NO_OPTIONS]) {
      await refuses({ retry }, /^retry must be an object, got /);
    }
  });

  it("takes the extremes of its ranges", () => {
    const extremes = [
      { minDelayMs: 1, maxDelayMs: 1, timeoutMs: 0 },
      { minDelayMs: MAX_TIMER_MS, maxDelayMs: MAX_TIMER_MS, timeoutMs: MAX_TIMER_MS },
    ];
    for (const retry of extremes) {
      assert.deepEqual(resolveOptions({ retry }).retry, retry);
    }
    const defaults = { minDelayMs: 50, maxDelayMs: 5000, timeoutMs: Infinity };
    assert.deepEqual(resolveOptions({ retry: { timeoutMs: undefined } }).retry, defaults);
    assert.deepEqual(resolveOptions({ retry: { timeoutMs: Infinity } }).retry, defaults);
  });
});

describe("an option that is no number", () => {
  it("is refused by name if it is of another kind", async () => {
    const url = new URL("postgres://user:secret@host/db");
    await refuses({ databaseUrl: 5 }, "databaseUrl must be a connection string, got number");
    await refuses(
      { databaseUrl: "" },
      "databaseUrl must be a connection string, got an empty string",
    );
    await refuses({ databaseUrl: url }, "databaseUrl must be a connection string, got object");
    await refuses({ pool: { connect() {} }, databaseUrl: "x" }, /cannot be used together/);
    await refuses({ onReject: "log" }, "onReject must be a function, got 'log'");
    await refuses({ onInDoubt: "ignore" }, `onInDoubt must be "retry" or "reject", got 'ignore'`);
    for (const columns of [[], "id", [1], [null], null, new Set(["id"])]) {
      await refuses({ columns }, /^columns must be an array of one or more keys of the rows, got /);
    }
    await refuses({ columns: ["n"] }, /^columns can be used only with a table's name/);
  });
});

describe("options", () => {
  it("are an object", async () => {
    for (const options of [null, 5, true, [], ...NO_OPTIONS]) {
      await refuses(options, /^options must be an object, got /);
    }
    const url = "postgres://user:secret@host/db";
    await refuses(url, "options must be an object: pass a connection string as { databaseUrl }");
    await refuses({ connect() {} }, "options must be an object: pass a pg.Pool as { pool }");
  });

  it("may be an instance of a class with getters", () => {
    class Retry {
      get timeoutMs(): number {
        return 1000;
      }
    }
    class Settings {
      get connections(): number {
        return 3;
      }
      get retry(): Retry {
        return new Retry();
      }
    }
    const { connections, retry } = resolveOptions(new Settings());
    assert.deepEqual([connections, retry.timeoutMs, retry.minDelayMs], [3, 1000, 50]);
  });

  it("that do not exist are refused, with those that may be meant", async () => {
    const meant: Readonly<Record<string, string>> = {
      connectionString: '"databaseUrl"',
      url: '"databaseUrl"',
      databaseURL: '"databaseUrl"',
      database_url: '"databaseUrl"',
      host: '"connection"',
      port: '"connection"',
      user: '"connection"',
      password: '"connection"',
      ssl: '"connection"',
      sslmode: '"databaseUrl" or "connection"',
      conection: '"connection"',
      connections_: '"connections"',
      max: '"connections"',
      concurrency: '"connections"',
      conections: '"connections"',
      batchSize: '"maxBatchRows" or "maxBatchBytes"',
      maxBatchRow: '"maxBatchRows"',
      flushInterval: '"flushIntervalMs"',
      flush_interval_millis: '"flushIntervalMs"',
      flushIntervalSeconds: '"flushIntervalMs"',
      highWaterMark: '"maxBufferedBytes"',
      connectionTimeoutMillis: '"connectTimeoutMs"',
      connectTimeout: '"connectTimeoutMs"',
      acquireTimeout: '"poolTimeoutMs"',
      poolTimeout: '"poolTimeoutMs"',
      statement_timeout: '"copyTimeoutMs"',
      timeout: '"connectTimeoutMs" or "copyTimeoutMs" or "retry.timeoutMs"',
      maxRetries: '"retry.timeoutMs"',
      maxDelayMs: '"retry.maxDelayMs"',
      onError: '"onReject"',
      onRejected: '"onReject"',
      Columns: '"columns"',
      casing: '"names"',
      snakeCase: '"names"',
      camel_case: '"names"',
      namingStrategy: '"names"',
      fieldMap: '"names"',
      name: '"names"',
    };
    for (const [name, names] of Object.entries(meant)) {
      await refuses({ [name]: 1 }, `Unknown option "${name}". Did you mean ${names}?`);
    }
    await refuses(
      { retry: { maxDelay: 1 } },
      'Unknown option "retry.maxDelay". Did you mean "retry.maxDelayMs"?',
    );
    await refuses(
      { retry: { retries: 1 } },
      'Unknown option "retry.retries". Did you mean "retry.timeoutMs"?',
    );
    await refuses({ constructor: 1 }, 'Unknown option "constructor".');
    await refuses({ ["__proto__x"]: 1 }, 'Unknown option "__proto__x".');
    await refuses({ zzz: 1 }, 'Unknown option "zzz".');
  });
});
