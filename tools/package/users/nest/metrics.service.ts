import { Injectable, type OnModuleDestroy } from "@nestjs/common";
import { Copier } from "batch-copy";

export interface Metric {
  url: string;
}

@Injectable()
export class MetricsService implements OnModuleDestroy {
  // With emitDecoratorMetadata, Nest takes the class from this type to inject the copier.
  constructor(private readonly copier: Copier<Metric>) {}

  record(url: string): Promise<void> {
    return this.copier.insert({ url });
  }

  onModuleDestroy(): Promise<void> {
    return this.copier.close();
  }
}
