import { Injectable, type OnModuleDestroy } from "@nestjs/common";
import { Copier } from "batch-copy";

export interface Metric {
  url: string;
}

@Injectable()
export class MetricsService implements OnModuleDestroy {
  // emitDecoratorMetadata makes the class a value here, which Nest injects by.
  constructor(private readonly copier: Copier<Metric>) {}

  record(url: string): Promise<void> {
    return this.copier.insert({ url });
  }

  onModuleDestroy(): Promise<void> {
    return this.copier.close();
  }
}
