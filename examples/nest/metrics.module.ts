import {
  Inject,
  Injectable,
  Logger,
  Module,
  type FactoryProvider,
  type OnApplicationShutdown,
} from "@nestjs/common";
import { Copier } from "batch-copy";

import { CLOSE_TIMEOUT_MS, metricsTable, type Metric } from "../support/metrics-api.js";

export const metrics = metricsTable("nest_metrics");

/** The token of the copier: `@Inject(METRICS) metrics: Copier<Metric>`. */
export const METRICS = Symbol("METRICS");

const logger = new Logger("metrics");

/** Nest awaits it before the application starts; it does not start without a database. */
const copierProvider: FactoryProvider<Copier<Metric>> = {
  provide: METRICS,
  useFactory: () =>
    Copier.connect(metrics, {
      onReject: ({ row, error }) => logger.error(`metric ${row.id} not written: ${error.message}`),
    }),
};

@Injectable()
class MetricsShutdown implements OnApplicationShutdown {
  readonly #copier: Copier<Metric>;

  constructor(@Inject(METRICS) copier: Copier<Metric>) {
    this.#copier = copier;
  }

  /** Nest calls this when the server has answered all requests; `onModuleDestroy` would be too early. */
  async onApplicationShutdown(): Promise<void> {
    await this.#copier.close({ timeoutMs: CLOSE_TIMEOUT_MS });
  }
}

@Module({ providers: [copierProvider, MetricsShutdown], exports: [METRICS] })
export class MetricsModule {}
