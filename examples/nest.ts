/**
 * A NestJS application that writes a row per request, and loses none when it stops.
 */
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";

import { endKeepAlive } from "./fastify/end-keep-alive.js";
import { AppModule } from "./nest/app.module.js";
import { metrics } from "./nest/metrics.module.js";
import { createMetrics, readPort, tryServer } from "./support/server-example.js";

const port = readPort("nest");
const client = await createMetrics(metrics);
const adapter = new FastifyAdapter();
endKeepAlive(adapter.getInstance());
const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
  logger: ["error", "warn"],
});
// Without this call, SIGTERM ends the process at once, and rows in the buffer are lost.
app.enableShutdownHooks();
await app.listen(port ?? 0, "localhost");
const url = await app.getUrl();

if (port === undefined) {
  await tryServer(url, () => app.close(), client, metrics);
} else {
  console.log(`POST ${url}/metrics {"id": 1, "url": "/hello/world", "latency_ms": 42}`);
}
await client.end();
