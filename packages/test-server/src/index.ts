export { freePort } from "./free-port.js";
export type { HaltMode } from "./postmaster.js";
export { serverFromEnvironment, type DatabaseServer } from "./server-from-environment.js";
export type { SmallDisk } from "./small-disk.js";
export { startServer, type ServerOptions } from "./start-server.js";
export type { TestServer } from "./test-server.js";
