import { toError } from "../copy/call-out.js";
import type { OpenOutcome } from "../copy/outcome.js";
import type { Answer, Doubt } from "../transaction/guard.js";
import { isForOperator } from "./disposition.js";
import type { Means } from "./means.js";
import type { Patience } from "./patience.js";
import { pause, unlessAborted } from "./pause.js";

/** Maximum number of connections in which a load balancer should lead to the right system. */
const MAX_CONNECTIONS_ELSEWHERE = 10;
/** With the defaults after some 20 seconds. */
const ATTEMPTS_TO_WARN = 10;

/** A final answer about an interrupted commit. */
export type Resolution = Exclude<Answer, "pending" | "elsewhere">;

/** Asks about an interrupted commit until there is an answer, time is over, or the signal aborts. */
export async function resolveDoubt(
  { doubt, since }: Pick<OpenOutcome, "doubt" | "since">,
  means: Means,
  patience: Patience,
  signal: AbortSignal,
): Promise<Resolution> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const result = await unlessAborted(askEverywhere(doubt, since, means, signal), signal);
    if (result === undefined) {
      break;
    }
    if (typeof result === "string") {
      return result;
    }
    // The pool was ended and never opens a connection again.
    if (result.error !== undefined && means.route.connections.isEnded) {
      break;
    }
    warn(result, attempt, means);
    const delay = patience.nextDelay(false);
    if (delay === undefined) {
      break;
    }
    await pause(means.clock, delay, signal);
  }
  return "unknown";
}

/** Why there is no answer yet: an error, or a server that does not know yet. */
interface NoAnswer {
  readonly error: Error | undefined;
}

/** Asks over several connections, if they lead to another system than that of the transaction. */
async function askEverywhere(
  doubt: Doubt,
  since: number,
  means: Means,
  signal: AbortSignal,
): Promise<Resolution | NoAnswer> {
  for (let asked = 0; asked < MAX_CONNECTIONS_ELSEWHERE && !signal.aborted; asked++) {
    const answer = await ask(doubt, since, means);
    if (answer === "pending") {
      return { error: undefined };
    }
    if (answer !== "elsewhere") {
      return answer;
    }
  }
  return "unknown";
}

async function ask(doubt: Doubt, since: number, { route }: Means): Promise<Answer | NoAnswer> {
  const { connections } = route;
  try {
    return await connections.useNew((client) => doubt.inquire(client), since);
  } catch (error) {
    return { error: toError(error) };
  }
}

function warn({ error }: NoAnswer, attempt: number, { alarm, table }: Means): void {
  if (attempt >= ATTEMPTS_TO_WARN || (error !== undefined && isForOperator(error))) {
    const reason = error?.message ?? "the server is in recovery, or still runs the transaction";
    alarm.sound(
      "in doubt",
      `${table}: the outcome of a commit is unknown and cannot be looked up until this is fixed: ${reason}`,
    );
  }
}
