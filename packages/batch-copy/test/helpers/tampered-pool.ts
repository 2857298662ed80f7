import { Client, Pool, type ClientBase, type PoolClient, type PoolConfig } from "pg";

import { databaseUrl } from "./database.js";

/** A method of a client: what `wrap` gets, and what it makes of it. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

type Methods = Record<string, Method | undefined>;

/** A pool whose clients' `query` is wrapped, as tracers do it. */
export function poolWithQuery(wrap: (query: Method) => Method, options: PoolConfig = {}): Pool {
  const original = (Client.prototype as unknown as { query: Method }).query;
  class Wrapped extends Client {}
  (Wrapped.prototype as unknown as { query: Method }).query = wrap(original);
  const Class = Wrapped as unknown as new () => ClientBase;
  return new Pool({ connectionString: databaseUrl, Client: Class, ...options });
}

/** The calls that the copier makes of a client, but for `release`. */
export const CLIENT_CALLS = [
  "query",
  "on",
  "off",
  "getTransactionStatus",
  "connection.query",
  "connection.once",
  "connection.stream.write",
  "connection.stream.on",
  "connection.stream.off",
  "connection.stream.cork",
  "connection.stream.uncork",
] as const;

/**
 * Calls back before each of these calls of a client, with its name; what that throws, the
 * call throws.
 */
export function beforeEachCall(
  client: PoolClient,
  calls: readonly string[],
  callback: (name: string) => void,
): void {
  for (const path of calls) {
    const keys = path.split(".");
    const name = keys.pop()!;
    let owner = client as unknown as Methods;
    for (const key of keys) {
      owner = owner[key] as unknown as Methods;
    }
    const original = owner[name]!;
    owner[name] = function (...args) {
      callback(path);
      return original.apply(this, args);
    };
  }
}
