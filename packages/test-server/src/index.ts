export { serverFromEnvironment, type DatabaseServer } from "./server-from-environment.js";
export { startServer, type ServerOptions, type TestServer } from "./start-server.js";
