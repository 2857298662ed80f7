import { isKeylessRecord } from "./codecs/record.js";
import { CLIENT_OPTIONS, type PgClientConfig } from "./copy/client-config.js";
import type { PgPool } from "./copy/driver.js";
import { whyNoPool } from "./copy/pool-argument.js";

/** The options that say where the server is. At most one of them is given. */
export interface ServerOptions {
  readonly databaseUrl?: string | undefined;
  readonly connection?: PgClientConfig | undefined;
  readonly pool?: PgPool | undefined;
}

/**
 * Why the options cannot be used; undefined if they can. The reason contains nothing of their values,
 * which may hold a password.
 */
export function whyNoServer({ databaseUrl, connection, pool }: ServerOptions): string | undefined {
  const given = [
    { name: "databaseUrl", value: databaseUrl, whyNot: whyNoUrl },
    { name: "connection", value: connection, whyNot: whyNoConnection },
    { name: "pool", value: pool, whyNot: whyNoPoolOption },
  ].filter(({ value }) => value !== undefined);
  for (const { value, whyNot } of given) {
    const reason = whyNot(value);
    if (reason !== undefined) {
      return reason;
    }
  }
  const [first, second] = given;
  if (first === undefined) {
    return whyNoText("DATABASE_URL", urlOfEnvironment());
  }
  return second && `${first.name} and ${second.name} cannot be used together`;
}

/** The connection string of the environment, if there is one. */
export function urlOfEnvironment(): string | undefined {
  return process.env["DATABASE_URL"] || undefined;
}

function whyNoUrl(databaseUrl: unknown): string | undefined {
  if (typeof databaseUrl === "string" && databaseUrl !== "") {
    return whyNoText("databaseUrl", databaseUrl);
  }
  const got = databaseUrl === "" ? "an empty string" : typeof databaseUrl;
  return `databaseUrl must be a connection string, got ${got}`;
}

/** pg would take `host=db user=app`, which libpq reads, for the name of a database. */
function whyNoText(what: string, text: unknown): string | undefined {
  return typeof text === "string" && /^\s*\w+\s*=/.test(text)
    ? `${what} must be a URL, such as postgres://user@host/database, got keywords and values: pass { host, user, database } as the option connection`
    : undefined;
}

/** What a pool has in its configuration, and a connection must not have, with the way out. */
const REFUSED: Readonly<Record<string, string>> = {
  max: 'use the option "connections"',
  poolSize: 'use the option "connections"',
  connectionTimeoutMillis: 'use the option "connectTimeoutMs"',
  maxLifetimeSeconds: 'use the option "connectionLifetimeMs"',
  maxUses: 'use the option "connectionLifetimeMs"',
  idleTimeoutMillis: 'idle connections are kept; see the option "connectionLifetimeMs"',
  min: 'idle connections are kept; see the option "connectionLifetimeMs"',
  allowExitOnIdle: "idle connections never keep the process alive",
  Client: 'pass a pg.Pool as the option "pool"',
  Promise: 'pass a pg.Pool as the option "pool"',
  log: 'pass a pg.Pool as the option "pool"',
  onConnect: 'pass a pg.Pool as the option "pool"',
  verify: 'pass a pg.Pool as the option "pool"',
  connection: "each connection needs one of its own",
  pipeline: "COPY does not work in pipeline mode",
};

/**
 * Why a value cannot be used as the configuration of a client; undefined if it can. The reason contains
 * nothing of the value, which may hold a password.
 */
function whyNoConnection(value: unknown): string | undefined {
  const kind = kindOf(value);
  return kind === undefined
    ? whyNoConfig(value as object)
    : `connection must be the configuration of a pg.Client, got ${kind}`;
}

/** What is passed instead of an object with the options of a client. */
function kindOf(value: unknown): string | undefined {
  if (typeof value === "string") {
    return "a string: pass a connection string as the option databaseUrl";
  }
  if (value instanceof URL) {
    return "a URL: pass its href as the option databaseUrl";
  }
  if (typeof value === "function") {
    return "a function: pass the object that it returns";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return Array.isArray(value) ? "an array" : value === null ? "null" : typeof value;
  }
  if (has(value, "then")) {
    return "a promise: await it first";
  }
  if (has(value, "connectionParameters")) {
    return "a pg.Client: pass the configuration that it was made with, or a pg.Pool as the option pool";
  }
  if (has(value, "connect")) {
    return "an object with connect(): pass a pg.Pool as the option pool";
  }
  const isEmpty = Object.keys(value).length === 0;
  return isEmpty && !isKeylessRecord(value, CLIENT_OPTIONS)
    ? "an object without options"
    : undefined;
}

function has(value: object, property: string): boolean {
  return (value as Record<string, unknown>)[property] !== undefined;
}

/** What other libraries call options of a client. pg would ignore them, and connect elsewhere. */
const MISNAMED: Readonly<Record<string, string>> = {
  hostname: "host",
  username: "user",
  dbname: "database",
};

function whyNoConfig(config: object): string | undefined {
  const values = config as Readonly<Record<string, unknown>>;
  for (const [name, wayOut] of Object.entries(REFUSED)) {
    if (values[name] !== undefined && values[name] !== false) {
      return `connection.${name} is not an option of a connection: ${wayOut}`;
    }
  }
  for (const [name, rightName] of Object.entries(MISNAMED)) {
    if (values[name] !== undefined && values[rightName] === undefined) {
      return `connection.${name} is not an option of a connection: use ${rightName}`;
    }
  }
  const { connectionString } = values;
  if (typeof connectionString === "string" && connectionString !== "") {
    const replaced = replacedBy(connectionString).find((name) => values[name] !== undefined);
    return replaced === undefined
      ? whyNoText("connection.connectionString", connectionString)
      : `connection.${replaced} has no effect beside connectionString: pass host, user and database instead of connectionString`;
  }
  if (values["stream"] !== undefined && typeof values["stream"] !== "function") {
    return "connection.stream must be a function, because each connection needs a stream of its own";
  }
  return whyNoPassword(values["password"]);
}

/** The options that a connection string replaces, even if it lacks them (`parse` in pg-connection-string). */
function replacedBy(connectionString: string): readonly string[] {
  const ofSocket = ["host", "database"];
  return connectionString.startsWith("/") ? ofSocket : [...ofSocket, "port", "user", "password"];
}

function whyNoPassword(password: unknown): string | undefined {
  const isOne = ["undefined", "string", "function"].includes(typeof password) || password === null;
  return isOne
    ? undefined
    : `connection.password must be a string or a function that returns one, got ${typeof password}`;
}

function whyNoPoolOption(pool: unknown): string | undefined {
  const reason = whyNoPool(pool);
  return reason && `pool must be a pg.Pool, ${reason}`;
}
