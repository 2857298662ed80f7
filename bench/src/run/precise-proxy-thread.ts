/** The thread of a `PreciseProxy`. Tells its parent the URL, and runs until that ends it. */
import { parentPort, workerData } from "node:worker_threads";

import { DelayingProxy } from "./delaying-proxy.js";
import { laterByPolling } from "./later-by-polling.js";
import type { ProxyData } from "./precise-proxy.js";

const { databaseUrl, roundTripMs } = workerData as ProxyData;
const proxy = await DelayingProxy.open(databaseUrl, roundTripMs, laterByPolling);
parentPort!.postMessage(proxy.urlFor(databaseUrl));
