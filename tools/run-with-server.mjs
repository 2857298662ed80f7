// @ts-check

import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

import { serverFromEnvironment } from "@batch-copy/test-server";

/** npm forwards a Ctrl-C that the terminal has already sent to this process: both are one signal. */
const ECHO_MS = 500;

/**
 * Runs a command with DATABASE_URL set: to the server it names already, or to a temporary one. For a
 * temporary one, TEST_SERVER_EMBEDDED=1 is set too.
 * @param {string} command
 * @param {string[]} args
 * @param {{ durable: boolean, cwd?: string }} options
 * @returns {Promise<number>} the exit code, as a shell would have it
 */
export async function runWithServer(command, args, { durable, cwd }) {
  const server = await serverFromEnvironment({ durable });
  const child = spawn(command, args, {
    cwd,
    env: {
      ...process.env,
      DATABASE_URL: server.url,
      ...(server.embedded && { TEST_SERVER_EMBEDDED: "1" }),
    },
    stdio: "inherit",
  });
  answerSignalsFor(child);
  const exitCode = await exitCodeOf(child);
  await server.stop();
  return exitCode;
}

/**
 * The child handles the first signal, and this process waits; the second signal kills the child.
 * @param {import("node:child_process").ChildProcess} child
 */
function answerSignalsFor(child) {
  /** @type {number | undefined} */
  let first;
  /** @param {NodeJS.Signals} signal */
  const answer = (signal) => {
    if (first === undefined) {
      first = performance.now();
      if (!sentToChildToo(signal)) child.kill(signal);
    } else if (performance.now() - first > ECHO_MS) {
      // If the child is gone, only the server is left, and its watchdog stops it.
      if (!child.kill("SIGKILL")) process.exit(128 + constants.signals[signal]);
    }
  };
  process.on("SIGINT", answer);
  process.on("SIGTERM", answer);
}

/**
 * A terminal sends Ctrl-C to all its foreground processes. A program that drains on the first
 * SIGINT and gives up on the second must not receive it twice.
 * @param {NodeJS.Signals} signal
 */
function sentToChildToo(signal) {
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  return signal === "SIGINT" && onTerminal;
}

/** @param {import("node:child_process").ChildProcess} child */
async function exitCodeOf(child) {
  try {
    const [code, signal] = await once(child, "exit");
    return code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)];
  } catch (error) {
    console.error(`Cannot run the command: ${String(error)}`);
    return 127;
  }
}
