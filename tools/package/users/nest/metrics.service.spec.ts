import { Test } from "@nestjs/testing";
import { BatchCopyError, Copier, table, text } from "batch-copy";

import { MetricsService } from "./metrics.service";

// There is no @types/pg, because batch-copy must not need it.
const { Client } = require("pg");

describe("MetricsService", () => {
  const metrics = table(`nest_metrics_${process.pid}`, { url: text });
  const client = new Client(process.env["DATABASE_URL"]);
  beforeAll(async () => {
    await client.connect();
    await client.query(metrics.ddl);
  });
  afterAll(async () => {
    await client.query(`DROP TABLE ${metrics.name}`);
    await client.end();
  });

  it("inserts a row by the copier that is injected", async () => {
    const module = await Test.createTestingModule({
      providers: [MetricsService, { provide: Copier, useFactory: () => Copier.connect(metrics) }],
    }).compile();
    const service = module.get(MetricsService);
    await service.record("/nest");
    const { rows } = await client.query(`SELECT * FROM ${metrics.name}`);
    expect(rows).toEqual([{ url: "/nest" }]);
    await module.close();
    await expect(service.record("/late")).rejects.toBeInstanceOf(BatchCopyError);
  });
});
