/**
 * A minimal program: define a table, connect, send, insert, flush, read back.
 */
import { Copier, int8, table, text } from "batch-copy";
import { Client } from "pg";

const columns = { url: text, latency_ms: int8.nullable() };
const metrics = table("metrics", columns, { schema: "batch_copy_examples" });

const client = new Client(process.env["DATABASE_URL"]);
await client.connect();
await client.query("CREATE SCHEMA IF NOT EXISTS batch_copy_examples");
await client.query("DROP TABLE IF EXISTS batch_copy_examples.metrics");
await client.query(metrics.ddl);

const copier = await Copier.connect(metrics, { databaseUrl: process.env["DATABASE_URL"] });

await copier.send({ url: "/hello/world", latency_ms: 42 }); // accepted: in the buffer
await copier.send({ url: "/no/latency" }); // a nullable column may be left out
await copier.insert({ url: "/hello/again", latency_ms: 43n }); // committed
await copier.flush(); // everything accepted before this call is committed

const { rows } = await client.query("SELECT * FROM batch_copy_examples.metrics ORDER BY url");
console.table(rows);

await copier.close();
await client.end();
