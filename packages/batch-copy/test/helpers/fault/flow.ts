import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { MessageEdges, type Edge } from "./message-edges.js";
import { PlaceFinder } from "./place-finder.js";
import type { Direction, Plan } from "./plan.js";

/** Who hears of what passes. */
export interface FlowListener {
  /** The source has said so much. */
  onSent(edge: Edge, direction: Direction): void;
  /** It was passed on. */
  onArrived(edge: Edge, direction: Direction): void;
  /** The place of the plan is reached; what comes after it waits for the promise. */
  onPlace(position: number): Promise<void>;
}

/** One direction of a connection: what the source says goes to the target. */
export class Flow {
  readonly #direction: Direction;
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #pace: Plan["pace"];
  readonly #listener: FlowListener;
  readonly #edges: MessageEdges;
  readonly #finder: PlaceFinder;
  #gate: Promise<void> = Promise.resolve();
  #position = 0;

  constructor(
    direction: Direction,
    { source, target }: { readonly source: Socket; readonly target: Socket },
    { at, pace }: Plan,
    listener: FlowListener,
  ) {
    this.#direction = direction;
    this.#source = source;
    this.#target = target;
    this.#pace = pace?.direction === direction ? pace : undefined;
    this.#listener = listener;
    this.#edges = new MessageEdges(direction === "toServer");
    this.#finder = new PlaceFinder(at?.direction === direction ? at : undefined);
  }

  /** How many bytes have come from the source. */
  get position(): number {
    return this.#position;
  }

  /** Holds everything back until the promise resolves. */
  hold(until: Promise<void>): void {
    this.#gate = until;
  }

  /** Passes everything on; resolves when the source has ended, or was reset. */
  async run(): Promise<"ended" | "reset"> {
    try {
      await this.#reach(this.#finder.find([], 0));
      for await (const chunk of this.#source.iterator({ destroyOnReturn: false })) {
        await this.#pass(chunk as Buffer);
      }
      return "ended";
    } catch {
      return "reset";
    }
  }

  async #pass(chunk: Buffer): Promise<void> {
    const start = this.#position;
    this.#position += chunk.length;
    const edges = this.#edges.scan(chunk);
    for (const edge of edges) {
      this.#listener.onSent(edge, this.#direction);
    }
    const place = this.#finder.find(edges, this.#position);
    const stop = place ?? this.#position;
    await this.#gate;
    await this.#write(chunk.subarray(0, stop - start));
    this.#arrived(edges.filter(({ position }) => position <= stop));
    await this.#reach(place);
    await this.#write(chunk.subarray(stop - start));
    this.#arrived(edges.filter(({ position }) => position > stop));
  }

  async #reach(place: number | undefined): Promise<void> {
    if (place !== undefined) {
      await this.#listener.onPlace(place);
    }
  }

  #arrived(edges: readonly Edge[]): void {
    for (const edge of edges) {
      this.#listener.onArrived(edge, this.#direction);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const size = this.#pace?.bytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      await write(this.#target, bytes.subarray(at, at + size));
      if (this.#pace !== undefined) {
        await sleep(this.#pace.delayMs);
      }
    }
  }
}

/** Resolves when the system has taken the bytes, or the socket is gone. */
function write(target: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    target.write(bytes, () => resolve());
  });
}
