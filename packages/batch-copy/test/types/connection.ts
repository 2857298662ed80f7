import type { ClientConfig } from "pg";

// Checked by the compiler: each line below @ts-expect-error must not compile.
import type { CopierOptions, PgClientConfig } from "../../dist/index.js";

declare const ofPg: ClientConfig;
const asItIs: PgClientConfig = ofPg;
const back: ClientConfig = asItIs;
void back;

const withToken: CopierOptions = {
  connection: {
    host: "db.example.com",
    port: 5432,
    user: "app",
    password: async () => "token",
    ssl: { rejectUnauthorized: true, ca: "-----BEGIN CERTIFICATE-----" },
    options: "-c search_path=app",
    statement_timeout: 60_000,
  },
};
void withToken;

// @ts-expect-error a typo
void ({ connection: { hots: "localhost" } } satisfies CopierOptions);
// @ts-expect-error an option of a pool
void ({ connection: { max: 5 } } satisfies CopierOptions);
// @ts-expect-error a connection string is databaseUrl
void ({ connection: "postgres://localhost" } satisfies CopierOptions);
// @ts-expect-error a password is text
void ({ connection: { password: () => 5 } } satisfies CopierOptions);
