import type { Faults } from "./model.js";
import type { State } from "./state.js";

/** Takes a fault from those that are left. */
export function spend(state: State, fault: keyof Faults): State {
  return { ...state, left: { ...state.left, [fault]: state.left[fault] - 1 } };
}
