// @ts-check
// Runs a command with DATABASE_URL set: to the server it names already, or to a temporary one.
import { runWithServer } from "./run-with-server.mjs";

const USAGE = `Usage: node tools/with-server.mjs [--fast] COMMAND [ARGS...]
  --fast  a temporary server that does not survive a crash (fsync off)`;

const args = process.argv.slice(2);
const fast = args[0] === "--fast";
const [command, ...rest] = fast ? args.slice(1) : args;

if (command === undefined || command.startsWith("-")) {
  console.error(USAGE);
  process.exitCode = command === "--help" ? 0 : 2;
} else {
  process.exitCode = await runWithServer(command, rest, { durable: !fast });
}
