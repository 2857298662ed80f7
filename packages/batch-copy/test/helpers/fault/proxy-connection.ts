import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { Flow, type FlowListener } from "./flow.js";
import type { Edge } from "./message-edges.js";
import { nextPhase, type Phase } from "./phase.js";
import type { Direction, Fault, Place, Plan } from "./plan.js";

/** A fault that has happened. */
export interface FaultRecord {
  readonly fault: Fault;
  /** The plan's place, and how many bytes came before; without them the test said when. */
  readonly at?: Place;
  readonly position?: number;
  /** What the connection was about at that moment. */
  readonly phase: Phase;
}

/** What a connection tells the proxy. */
interface ConnectionListener {
  onSent(edge: Edge, direction: Direction): void;
  onFault(fault: FaultRecord): void;
}

/** A client's connection and the one to the server that it is passed on to. */
export class ProxyConnection implements FlowListener {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #plan: Plan;
  readonly #listener: ConnectionListener;
  readonly #toServer: Flow;
  readonly #toClient: Flow;
  #phase: Phase = "connecting";
  #isAbandoned = false;
  /** Resolves when what is stalled or abandoned may go on. */
  #pause: Promise<void> | undefined;
  #endPause: () => void = () => {};
  #isClosed = false;

  constructor(client: Socket, server: Socket, plan: Plan, listener: ConnectionListener) {
    this.#client = client;
    this.#server = server;
    this.#plan = plan;
    this.#listener = listener;
    this.#toServer = new Flow("toServer", { source: client, target: server }, plan, this);
    this.#toClient = new Flow("toClient", { source: server, target: client }, plan, this);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // The flow that reads from it learns of the loss.
      socket.on("error", () => {});
    }
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Bytes that came from the client. */
  get sentBytes(): number {
    return this.#toServer.position;
  }

  /** Passes everything on; resolves when both sides are gone. */
  async run(): Promise<void> {
    await Promise.all([this.#runToServer(), this.#runToClient()]);
    this.destroy();
  }

  /** Lets the fault happen now; a stall in both directions. */
  strike(fault: Fault): void {
    this.#listener.onFault({ fault, phase: this.#phase });
    const over = this.#happen(fault);
    if (fault === "stall") {
      this.#toServer.hold(over);
      this.#toClient.hold(over);
    }
  }

  /** Ends a stall, and the server's ignorance of its client's end. */
  resume(): void {
    this.#pause = undefined;
    this.#endPause();
  }

  destroy(): void {
    this.#isClosed = true;
    this.resume();
    this.#client.destroy();
    this.#server.destroy();
  }

  onSent(edge: Edge, direction: Direction): void {
    this.#listener.onSent(edge, direction);
    if (direction === "toServer") {
      this.#phase = nextPhase(this.#phase, edge, direction);
    }
  }

  onArrived(edge: Edge, direction: Direction): void {
    if (direction === "toClient") {
      this.#phase = nextPhase(this.#phase, edge, direction);
    }
  }

  onPlace(position: number): Promise<void> {
    const { at, fault } = this.#plan;
    if (at === undefined || fault === undefined || this.#isClosed) {
      return Promise.resolve();
    }
    this.#listener.onFault({ fault, at, position, phase: this.#phase });
    return this.#happen(fault);
  }

  /** Resolves when what was held back may go on. */
  #happen(fault: Fault): Promise<void> {
    switch (fault) {
      case "cut":
        reset(this.#client);
        reset(this.#server);
        return Promise.resolve();
      case "close":
        this.#client.destroy();
        this.#server.destroy();
        return Promise.resolve();
      case "abandon":
        this.#isAbandoned = true;
        reset(this.#client);
        return this.#untilResumed();
      case "stall":
        return this.#untilResumed();
    }
  }

  #untilResumed(): Promise<void> {
    this.#pause ??= new Promise((resolve) => {
      this.#endPause = resolve;
      const { forMs } = this.#plan;
      if (forMs !== undefined) {
        void sleep(forMs, undefined, { ref: false }).then(() => this.resume());
      }
    });
    return this.#pause;
  }

  async #runToServer(): Promise<void> {
    const end = await this.#toServer.run();
    await this.#pause;
    finish(this.#server, this.#isAbandoned ? "ended" : end);
  }

  async #runToClient(): Promise<void> {
    finish(this.#client, await this.#toClient.run());
    // There is nothing left to hold back from.
    this.resume();
  }
}

function finish(target: Socket, end: "ended" | "reset"): void {
  if (end === "ended") {
    target.end();
  } else {
    reset(target);
  }
}

/** A socket whose end is under way cannot be reset: Node 20 would then never exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) {
    socket.destroy();
  } else {
    socket.resetAndDestroy();
  }
}
