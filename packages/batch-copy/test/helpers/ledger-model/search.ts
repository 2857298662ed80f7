import { claimSteps } from "./claims.js";
import { findCycle } from "./cycle.js";
import { encode } from "./encode.js";
import { faultSteps } from "./faults.js";
import { readSteps } from "./ledger-read.js";
import type { Model } from "./model.js";
import { shortcomingOf, violationOf } from "./properties.js";
import { sendingSteps } from "./sending.js";
import { serverSteps } from "./server.js";
import { initialState, type State, type Step } from "./state.js";

/** What a search has found. */
export interface Found {
  /** How many states were visited. */
  readonly states: number;
  /** Whether all reachable states were visited. */
  readonly isComplete: boolean;
  /** Stages of batches, ends of sources, and what rows were told: all that occurred in some state. */
  readonly seen: ReadonlySet<string>;
  /** The shortest way to something that must not be. */
  readonly counterexample: Counterexample | undefined;
}

export interface Counterexample {
  readonly what: string;
  /** The steps, in words. */
  readonly trace: readonly string[];
}

/**
 * Visits all states that a model can reach, breadth first, until a property fails. If none does and all
 * were visited, no run may go round in a circle: as each run then comes to an end, and the properties
 * hold at each end, all of them make progress.
 *
 * @param limit how many states to visit at most
 */
export function search(model: Model, limit: number): Found {
  const graph = new Graph(model);
  let waiting: State[] = [initialState(model)];
  graph.add(waiting[0]!, -1);
  let index = 0;
  while (waiting.length > 0 && graph.size < limit) {
    const following: State[] = [];
    for (const state of waiting) {
      if (graph.size >= limit) {
        break;
      }
      const what = graph.expand(state, index++, following);
      if (what !== undefined) {
        return { ...graph.found, isComplete: false, counterexample: what };
      }
    }
    waiting = following;
  }
  const isComplete = waiting.length === 0 && graph.size < limit;
  const counterexample = isComplete ? graph.circle() : undefined;
  return { ...graph.found, isComplete, counterexample };
}

/** The states that were reached, by numbers in the order in which they were. */
class Graph {
  readonly #model: Model;
  readonly #numbers = new Map<string, number>();
  /** For each state, the one from which it was first reached. */
  readonly #parents: number[] = [];
  /** For each state, where its steps lead to. */
  readonly #edges: Int32Array[] = [];
  readonly #seen = new Set<string>();

  constructor(model: Model) {
    this.#model = model;
  }

  get size(): number {
    return this.#parents.length;
  }

  get found(): Pick<Found, "states" | "seen"> {
    return { states: this.size, seen: this.#seen };
  }

  /** Numbers a state, unless it is known. */
  add(state: State, parent: number): { number: number; isNew: boolean } {
    const key = this.#keyOf(state);
    const known = this.#numbers.get(key);
    const number = known ?? this.size;
    if (known === undefined) {
      this.#numbers.set(key, number);
      this.#parents.push(parent);
    }
    return { number, isNew: known === undefined };
  }

  /** Takes all steps of a state. Returns a counterexample if one of them, or their want, is one. */
  expand(state: State, number: number, following: State[]): Counterexample | undefined {
    const steps = stepsOf(state, this.#model);
    const edges = new Int32Array(steps.length);
    for (const [index, step] of steps.entries()) {
      const added = this.add(step.state, number);
      edges[index] = added.number;
      if (added.isNew) {
        following.push(step.state);
        this.#note(step.state);
        const what = violationOf(step.state, this.#model);
        if (what !== undefined) {
          return { what, trace: this.#trace(this.#wayTo(added.number)) };
        }
      }
    }
    this.#edges.push(edges);
    const what = steps.length === 0 ? shortcomingOf(state, this.#model) : undefined;
    return what === undefined ? undefined : { what, trace: this.#trace(this.#wayTo(number)) };
  }

  /** A run that never ends, though nothing goes wrong any more. */
  circle(): Counterexample | undefined {
    const cycle = findCycle(this.#edges);
    return cycle === undefined
      ? undefined
      : {
          what: "a run goes round in a circle",
          trace: this.#trace([...this.#wayTo(cycle[0]!), ...cycle.slice(1)]),
        };
  }

  #note({ told, processes }: State): void {
    told.forEach((what) => this.#seen.add(what));
    processes.forEach(({ source, batches }) => {
      this.#seen.add(source?.ended ?? "nothing");
      batches.forEach(({ stage }) => this.#seen.add(stage));
    });
  }

  #keyOf(state: State): string {
    return encode(state, this.#model.protocol.owner === "counter");
  }

  #wayTo(number: number): number[] {
    const way = [number];
    for (let at = number; at > 0; at = this.#parents[at]!) {
      way.unshift(this.#parents[at]!);
    }
    return way;
  }

  /** The steps from state to state, in words. */
  #trace(way: readonly number[]): string[] {
    let state = initialState(this.#model);
    return way.slice(1).map((number) => {
      const step = stepsOf(state, this.#model).find(
        (each) => this.#numbers.get(this.#keyOf(each.state)) === number,
      )!;
      ({ state } = step);
      return step.label;
    });
  }
}

/** Everything that can happen next. */
function stepsOf(state: State, model: Model): Step[] {
  return [
    ...serverSteps(state, model),
    ...sendingSteps(state, model),
    ...readSteps(state, model),
    ...claimSteps(state, model),
    ...faultSteps(state, model),
  ];
}
