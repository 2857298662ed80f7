import { Copier } from "batch-copy";
import Fastify, { type FastifyInstance } from "fastify";

import {
  CLOSE_TIMEOUT_MS,
  INSERT_TIMEOUT_MS,
  metricsTable,
  statusOf,
  type Metric,
} from "../support/metrics-api.js";
import { endKeepAlive } from "./end-keep-alive.js";

export const metrics = metricsTable("fastify_metrics");

declare module "fastify" {
  interface FastifyInstance {
    readonly metrics: Copier<Metric>;
  }
}

/** Connects the copier before the server listens, and closes it after the last request. */
export async function createApp(): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: "warn" } });
  app.setErrorHandler<Error>((error, _request, reply) => {
    const { statusCode = statusOf(error) } = error as { statusCode?: number };
    return reply.code(statusCode).send({ error: error.message });
  });
  endKeepAlive(app);
  await addMetrics(app);

  // What is in a body need not be a Metric: the copier checks.
  app.post<{ Body: Metric }>("/metrics", async ({ body }, reply) => {
    await app.metrics.insert(body, { timeoutMs: INSERT_TIMEOUT_MS });
    return reply.code(201).send({ id: body.id });
  });
  app.post<{ Body: Metric }>("/beacons", async ({ body }, reply) => {
    await app.metrics.send(body);
    return reply.code(202).send();
  });
  return app;
}

async function addMetrics(app: FastifyInstance): Promise<void> {
  const copier = await Copier.connect(metrics, {
    onReject: ({ row, error }) => app.log.error({ row, err: error }, "a metric was not written"),
  });
  app.decorate("metrics", copier);
  // Fastify calls these hooks when all requests have their answers.
  app.addHook("onClose", async () => {
    try {
      await copier.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    } catch (error) {
      app.log.error(error, "metrics were not written");
      process.exitCode = 1;
    }
  });
}
