/** What is passed as a pool by mistake: a property that identifies it, what it is, and what to pass. */
const OTHERS: readonly (readonly [property: string, description: string])[] = [
  ["unsafe", "a postgres.js instance: pass a pg.Pool, or the option databaseUrl"],
  ["anyFirst", "a Slonik pool: pass a pg.Pool, or the option databaseUrl"],
  ["$pool", "a pg-promise database: pass its $pool"],
  ["$client", "a Drizzle database: pass the pg.Pool that it was made with"],
  ["selectFrom", "a Kysely instance: pass the pg.Pool that its dialect was made with"],
  ["$connect", "a Prisma client: pass a pg.Pool, or the option databaseUrl"],
  ["createQueryRunner", "a TypeORM data source: pass a pg.Pool, or the option databaseUrl"],
  ["getQueryInterface", "a Sequelize instance: pass a pg.Pool, or the option databaseUrl"],
  ["queryBuilder", "a Knex instance: pass a pg.Pool, or the option databaseUrl"],
  ["connectionString", "the configuration of a pool: pass new pg.Pool(configuration)"],
  ["then", "a promise: await it first"],
];

/** Why a value is not a pg.Pool and cannot be used like one; undefined if it may be one. */
export function whyNoPool(value: unknown): string | undefined {
  if (typeof value === "string") {
    return "got a string: pass a connection string as the option databaseUrl";
  }
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return `got ${value === null ? "null" : typeof value}`;
  }
  if (has(value, "connectionParameters")) {
    return has(value, "release")
      ? "got a client that was checked out of a pool: pass the pool itself"
      : "got a pg.Client: pass a pg.Pool, such as new pg.Pool({ max: 1 })";
  }
  const other = OTHERS.find(([property]) => has(value, property));
  if (other !== undefined) {
    return `got ${other[1]}`;
  }
  if (typeof value === "function") {
    return "got a function: pass the pool that it returns or creates";
  }
  if (typeof (value as { connect?: unknown }).connect === "function") {
    return undefined;
  }
  return has(value, "host") || has(value, "password")
    ? "got the configuration of a client: pass it as the option connection"
    : "got an object without connect()";
}

function has(value: object, property: string): boolean {
  return (value as Record<string, unknown>)[property] !== undefined;
}
