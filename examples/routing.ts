/**
 * Routes a stream of events by tenant and type: a schema per tenant, a table per type.
 */
import assert from "node:assert/strict";

import { CopierGroup, EncodeError, SchemaMismatchError } from "batch-copy";
import { Client, escapeIdentifier } from "pg";

const TENANTS = ["acme", "globex"];
const EVENTS = 3000;

/** Stands for a queue or a log of events. */
interface Event {
  readonly tenant: string;
  readonly type: string;
  /** The columns of the type's table, with keys in camel case. */
  readonly fields: Readonly<Record<string, unknown>>;
}

function* events(): Iterable<Event> {
  for (let n = 0; n < EVENTS; n++) {
    const tenant = TENANTS[n % 2]!;
    const occurredAt = new Date(Date.UTC(2030, 0, 1) + n * 1000);
    if (n % 3 === 0) {
      yield {
        tenant,
        type: "page_view",
        fields: { userId: n, pagePath: `/${n % 50}`, occurredAt },
      };
    } else if (n % 3 === 1) {
      yield { tenant, type: "purchase", fields: { orderId: n, amountCents: n * 10, occurredAt } };
    } else {
      yield { tenant, type: "survey_answer", fields: { question: 7, answer: n % 5 } };
    }
  }
  yield { tenant: "acme", type: "purchase", fields: { orderId: "none" } };
}

const FALLBACK = "batch_copy_examples_events.unrouted";

/** The schema of a tenant. It begins as no other schema does, so a tenant cannot choose one of yours. */
function schemaOf(tenant: string): string {
  return `batch_copy_examples_tenant_${tenant}`;
}

const client = new Client(process.env["DATABASE_URL"]);
await client.connect();
await createTables();

// All tables share four connections and one buffer. { userId } is written to the column user_id.
const group = await CopierGroup.connect({ connections: 4, names: "snake_case" });

async function route({ tenant, type, fields }: Event): Promise<void> {
  // The names come from outside: quoted, each is one identifier and nothing else.
  const table = `${escapeIdentifier(schemaOf(tenant))}.${escapeIdentifier(type)}`;
  try {
    // The first event of a type opens its table, which takes one query. Later ones find it open.
    await group.send(table, fields);
  } catch (error) {
    // There is no such table, which the group looks up again after a second; or the fields do not fit.
    if (!(error instanceof SchemaMismatchError || error instanceof EncodeError)) throw error;
    await group.send(FALLBACK, { tenant, type, fields, reason: error.message });
  }
}

for (const event of events()) {
  await route(event);
}
await group.flush();

for (const [table, { rowsCommitted }] of group.stats.tables) {
  console.log(`${table}: ${rowsCommitted} rows`);
}
await group.close();
await check();
await client.end();

async function createTables(): Promise<void> {
  const create = (schema: string, tables: string): Promise<unknown> =>
    client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema} ${tables}`);
  for (const tenant of TENANTS) {
    await create(
      schemaOf(tenant),
      `CREATE TABLE page_view (
         user_id bigint NOT NULL, page_path text NOT NULL, occurred_at timestamptz NOT NULL)
       CREATE TABLE purchase (
         order_id bigint NOT NULL, amount_cents bigint NOT NULL, occurred_at timestamptz NOT NULL)`,
    );
  }
  await create(
    "batch_copy_examples_events",
    `CREATE TABLE unrouted (
       tenant text NOT NULL, type text NOT NULL, fields jsonb NOT NULL, reason text NOT NULL)`,
  );
}

/** Each tenant has sent the same number of events of each type, and acme one that does not fit. */
async function check(): Promise<void> {
  const each = EVENTS / 3 / TENANTS.length;
  for (const tenant of TENANTS) {
    const { rows } = await client.query(
      `SELECT (SELECT count(*)::int FROM ${schemaOf(tenant)}.page_view) AS views,
         (SELECT count(*)::int FROM ${schemaOf(tenant)}.purchase) AS purchases,
         (SELECT count(*)::int FROM ${FALLBACK} WHERE tenant = $1) AS unrouted`,
      [tenant],
    );
    const unrouted = each + (tenant === "acme" ? 1 : 0);
    assert.deepEqual(rows, [{ views: each, purchases: each, unrouted }]);
  }
  console.log("Checked: each event is in its table, or in the fallback with the reason.");
}
