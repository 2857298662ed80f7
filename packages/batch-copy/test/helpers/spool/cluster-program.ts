// The primary of a cluster with one worker, which begins a stream in the directory that is the argument. It
// kills the worker when it is told anything, and stays.
import cluster from "node:cluster";
import { once } from "node:events";

import type { LifeOrder, LifeReply } from "./life-orders.js";
import { LIFE_PROGRAM } from "./life-process.js";

cluster.setupPrimary({ exec: LIFE_PROGRAM, args: process.argv.slice(2) });
const worker = cluster.fork();
await once(worker, "message");
worker.send({ do: "begin" } satisfies LifeOrder);
const [begun] = (await once(worker, "message")) as [LifeReply];
process.once("message", () => {
  worker.once("exit", () => process.send!({ ids: [] } satisfies LifeReply));
  worker.process.kill("SIGKILL");
});
process.send!(begun);
