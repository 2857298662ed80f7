import { inquire, type Answer } from "../copy/inquiry.js";
import type { Doubt } from "../copy/outcome.js";
import { isForOperator } from "./disposition.js";
import type { Means } from "./means.js";
import type { Patience } from "./patience.js";
import { pause } from "./pause.js";

/** Asks about a doubt until there is an answer, or patience is over, or the signal aborts. */
export async function resolveDoubt(
  doubt: Doubt,
  means: Means,
  patience: Patience,
  signal: AbortSignal,
): Promise<Exclude<Answer, "pending">> {
  while (!signal.aborted) {
    const answer = await ask(doubt, means);
    if (answer !== "pending") {
      return answer;
    }
    const delay = patience.nextDelay(false);
    if (delay === undefined) {
      break;
    }
    await pause(means.clock, delay, signal);
  }
  return "unknown";
}

async function ask(doubt: Doubt, { alarm, route, table }: Means): Promise<Answer> {
  try {
    const { connections } = route;
    return await connections.useNew((client) => inquire(client, doubt, connections.lives));
  } catch (error) {
    if (isForOperator(error as Error)) {
      const { message } = error as Error;
      alarm.sound(
        "in doubt",
        `${table}: a commit is in doubt, and asked about until this is mended: ${message}`,
      );
    }
    return "pending";
  }
}
