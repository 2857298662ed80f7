// @ts-check
// Runs a command with DATABASE_URL set: to the server it names already, or to an embedded one.
import { runWithServer } from "./run-with-server.mjs";

const USAGE = `Usage: node tools/with-server.mjs [--fast] COMMAND [ARGS...]
  --fast  an embedded server that would not survive a crash`;

const args = process.argv.slice(2);
const fast = args[0] === "--fast";
const [command, ...rest] = fast ? args.slice(1) : args;

if (command === undefined || command.startsWith("-")) {
  console.error(USAGE);
  process.exitCode = command === "--help" ? 0 : 2;
} else {
  process.exitCode = await runWithServer(command, rest, { durable: !fast });
}
