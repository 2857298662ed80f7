import { once } from "node:events";
import { createServer } from "node:net";

/** Asks the system for a free port; it may be taken by the time a server binds it. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  if (address === null || typeof address === "string") throw new Error("The probe has no port");
  probe.close();
  await once(probe, "close");
  return address.port;
}
