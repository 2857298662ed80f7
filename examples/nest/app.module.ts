import {
  Body,
  Catch,
  Controller,
  HttpCode,
  Inject,
  Module,
  Post,
  type ArgumentsHost,
  type ExceptionFilter,
} from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { BatchCopyError, type Copier } from "batch-copy";
import type { FastifyReply } from "fastify";

import { INSERT_TIMEOUT_MS, statusOf, type Metric } from "../support/metrics-api.js";
import { METRICS, MetricsModule } from "./metrics.module.js";

@Controller()
class MetricsController {
  readonly #metrics: Copier<Metric>;

  constructor(@Inject(METRICS) metrics: Copier<Metric>) {
    this.#metrics = metrics;
  }

  /** What is in a body need not be a Metric: the copier checks. */
  @Post("metrics")
  async insert(@Body() metric: Metric): Promise<object> {
    await this.#metrics.insert(metric, { timeoutMs: INSERT_TIMEOUT_MS });
    return { id: metric.id };
  }

  @Post("beacons")
  @HttpCode(202)
  async send(@Body() metric: Metric): Promise<void> {
    await this.#metrics.send(metric);
  }
}

@Catch(BatchCopyError)
class BatchCopyFilter implements ExceptionFilter<BatchCopyError> {
  catch(error: BatchCopyError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(statusOf(error)).send({ error: error.message });
  }
}

@Module({
  imports: [MetricsModule],
  controllers: [MetricsController],
  providers: [{ provide: APP_FILTER, useClass: BatchCopyFilter }],
})
export class AppModule {}
