/**
 * A Fastify server that writes a row per request, and loses none when it stops.
 */
import { createApp, metrics } from "./fastify/app.js";
import { createMetrics, readPort, tryServer } from "./support/server-example.js";

const port = readPort("fastify");
const client = await createMetrics(metrics);
const app = await createApp();
const url = await app.listen({ host: "localhost", port: port ?? 0 });

if (port === undefined) {
  await tryServer(url, () => app.close(), client, metrics);
} else {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => void app.close());
  }
  console.log(`POST ${url}/metrics {"id": 1, "url": "/hello/world", "latency_ms": 42}`);
}
await client.end();
