import type { Model } from "./model.js";
import type { State } from "./state.js";

/** A commit that was awaited has reached a synchronous standby. */
export function synchronized(state: State, { scenario }: Model): State {
  const isSynchronous = scenario.replication === "synchronous" && state.standby !== undefined;
  return isSynchronous ? { ...state, standby: state.committed } : state;
}
