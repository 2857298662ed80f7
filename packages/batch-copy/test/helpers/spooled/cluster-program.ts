// The primary of a cluster with three workers, which send rows over a spool; it kills the last one, and lets
// the others close.
import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";

import { numbered } from "./numbered.js";
import type { SenderOrder } from "./sender-orders.js";
import { SENDER_PROGRAM } from "./sender-process.js";

cluster.setupPrimary({ exec: SENDER_PROGRAM, args: process.argv.slice(2) });
const workers = [cluster.fork(), cluster.fork(), cluster.fork()];
await Promise.all(workers.map((worker) => once(worker, "message")));
await Promise.all(
  workers.map((worker, index) =>
    tell(worker, { number: 1, do: "send", rows: numbered(index * 100, index * 100 + 100) }),
  ),
);
const exited = workers.map((worker) => once(worker, "exit"));
workers.pop()!.process.kill("SIGKILL");
workers.forEach((worker) => worker.send({ number: 2, do: "close" } satisfies SenderOrder));
await Promise.all(exited);

async function tell(worker: Worker, order: SenderOrder): Promise<void> {
  const reply = once(worker, "message");
  worker.send(order);
  await reply;
}
