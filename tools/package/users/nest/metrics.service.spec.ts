import { Test } from "@nestjs/testing";
import { BatchCopyError, Copier, table, text } from "batch-copy";

import { MetricsService } from "./metrics.service";

// Without @types/pg, which batch-copy must not need.
const { Client } = require("pg");

describe("MetricsService", () => {
  const metrics = table("nest_metrics", { url: text });
  const client = new Client(process.env["DATABASE_URL"]);
  beforeAll(async () => {
    await client.connect();
    await client.query(`DROP TABLE IF EXISTS nest_metrics; ${metrics.ddl}`);
  });
  afterAll(async () => {
    await client.query("DROP TABLE nest_metrics");
    await client.end();
  });

  it("inserts a row by the copier that is injected", async () => {
    const module = await Test.createTestingModule({
      providers: [MetricsService, { provide: Copier, useFactory: () => Copier.connect(metrics) }],
    }).compile();
    const service = module.get(MetricsService);
    await service.record("/nest");
    const { rows } = await client.query("SELECT * FROM nest_metrics");
    expect(rows).toEqual([{ url: "/nest" }]);
    await module.close();
    await expect(service.record("/late")).rejects.toBeInstanceOf(BatchCopyError);
  });
});
