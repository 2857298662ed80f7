import type { FastifyInstance } from "fastify";

/**
 * Ends a client's connection with the answer to its open request when the server stops. The server
 * would otherwise wait until the client closes it, which takes up to 72 seconds (`keepAliveTimeout`).
 */
export function endKeepAlive(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook("preClose", async () => {
    isStopping = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (isStopping) reply.header("connection", "close");
  });
}
