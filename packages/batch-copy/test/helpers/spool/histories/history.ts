import { SeededRandom } from "../../fault/seeded-random.js";
import { drawNature } from "../simulated/disk-faults.js";
import { Machine } from "../simulated/machine.js";
import { Stepper } from "../simulated/stepper.js";
import { Books } from "./books.js";
import { drawEvents, type EventKind } from "./events.js";
import { type Flip, flipBit } from "./flip.js";
import { judge, type Verdict } from "./judge.js";
import { Life } from "./life.js";
import { SimulatedDatabase } from "./simulated-database.js";
import { parseName, SPOOL, type SpoolPlan, type World } from "./world.js";

/** More than any history takes that comes to its end. */
const MOST_STEPS = 30_000;

/** What became of a bit that was flipped. */
export type FlipFate = "found" | "harmless" | "undetectable";

/** What a history has shown. */
export interface HistoryReport {
  readonly problems: readonly string[];
  readonly steps: number;
  /** Processes killed and powers cut. */
  readonly crashes: number;
  readonly acknowledged: number;
  readonly rejected: number;
  readonly inDoubt: number;
  readonly delivered: number;
  /** How often segments were rewritten. */
  readonly rewrites: number;
  readonly flip: FlipFate | undefined;
}

/** Lives of processes on one machine, everything drawn at random by a number. */
export class History {
  readonly #random: SeededRandom;
  readonly #world: World;
  readonly #stepper: Stepper;
  readonly #lives: Life[] = [];
  readonly #isFlipping: boolean;
  #flip: Flip | undefined;
  #crashes = 0;
  #rewrites = 0;

  /** @param tell is told of each step */
  constructor(seed: number, tell: (what: string) => void = () => undefined) {
    const random = new SeededRandom(seed);
    // Neighbouring seeds begin alike.
    random.fraction();
    this.#random = random;
    this.#stepper = new Stepper(random, (what) => {
      this.#rewrites += / rename \S+\.new to \S+$/.test(what) ? 1 : 0;
      tell(what);
    });
    this.#world = {
      random,
      stepper: this.#stepper,
      machine: new Machine(random, drawNature(random)),
      database: new SimulatedDatabase(() => this.#stepper.now),
      books: new Books(),
      plan: drawPlan(random),
      alive: new Set(),
      flipped: new Set(),
      damaged: new Set(),
      lastGroups: new Map(),
      problems: [],
      tell,
    };
    this.#isFlipping = random.percent(20);
    this.#world.machine.install(SPOOL);
  }

  /** Plays it to its end. */
  async play(): Promise<HistoryReport> {
    this.#begin(true);
    if (this.#random.percent(40)) {
      this.#begin(true);
    }
    for (const { kind, after } of drawEvents(this.#random)) {
      await this.#go(after);
      await this.#stepper.settle();
      this.#world.tell(`--- ${kind}`);
      this.#befall(kind);
    }
    this.#world.tell("--- calm");
    this.#world.machine.calm();
    this.#world.database.isAway = false;
    await this.#goUntil("the lives end", () => this.#lives.every((life) => life.isDone));
    await this.#stepper.settle();
    this.#lives.forEach((life) => this.#end(life));
    this.#world.tell("--- the last life");
    const last = this.#begin(false);
    await this.#goUntil("all is delivered", () => this.#isEmpty());
    this.#end(last);
    return this.#report();
  }

  async #go(steps: number): Promise<void> {
    for (let step = 0; step < steps && this.#world.problems.length === 0; step++) {
      if (!(await this.#stepper.next())) {
        return;
      }
    }
  }

  async #goUntil(what: string, isReached: () => boolean): Promise<void> {
    while (!isReached() && this.#world.problems.length === 0) {
      if (this.#stepper.steps > MOST_STEPS || !(await this.#stepper.next())) {
        this.#world.problems.push(`it stands still before ${what}`);
      }
    }
  }

  #begin(isSender: boolean): Life {
    const life = new Life(this.#world, `life${this.#lives.length + 1}`, isSender);
    this.#lives.push(life);
    return life;
  }

  #end(life: Life): void {
    this.#stepper.kill(life.process);
    this.#world.alive.delete(life.name);
  }

  #befall(kind: EventKind): void {
    const { machine, database, plan, alive } = this.#world;
    const running = this.#lives.filter((life) => life.process.isRunning);
    switch (kind) {
      case "kill":
        if (running.length > 0) {
          this.#end(this.#random.pick(running));
        }
        return this.#goOn();
      case "power":
        running.forEach((life) => this.#end(life));
        machine.losePower();
        return this.#goOn();
      case "wrong verdict":
        if (running.length > 0) {
          alive.delete(this.#random.pick(running).name);
        }
        return void this.#begin(this.#random.percent(50));
      case "failover":
        if (plan.retainMs > 0) {
          database.forget(this.#stepper.now - this.#random.below(plan.retainMs));
        }
        return;
      case "database away":
      case "database back":
        database.isAway = kind === "database away";
        return;
      case "disk full":
      case "disk free":
        machine.capacity =
          kind === "disk free" ? Infinity : machine.used + this.#random.below(1500);
        return;
      case "new life":
        return void this.#begin(true);
    }
  }

  /** After a crash. */
  #goOn(): void {
    this.#crashes++;
    if (this.#isFlipping && this.#flip === undefined && this.#random.percent(60)) {
      this.#flip = flipBit(this.#world.machine, this.#random, (owner) =>
        this.#lives.some(({ name, process }) => name === owner && process.isRunning),
      );
      if (this.#flip !== undefined) {
        this.#world.flipped.add(this.#flip.stream);
        this.#world.tell(`--- a bit is flipped: ${JSON.stringify(this.#flip)}`);
      }
    }
    this.#begin(true);
  }

  /** Whether nothing is left but damaged streams. */
  #isEmpty(): boolean {
    const names = this.#world.machine.directory(SPOOL, "scandir").names;
    return names.every((name) => {
      const stream = parseName(name)?.stream;
      return name.startsWith(".new-") || (stream !== undefined && this.#world.damaged.has(stream));
    });
  }

  #report(): HistoryReport {
    const { books, database, problems } = this.#world;
    const { problems: wrong, lost, refused } = judge(books, database);
    const say = (rows: Verdict["lost"], what: string): string[] =>
      [...rows]
        .filter(([stream]) => !this.#isExcused(stream))
        .map(([stream, ids]) => `rows ${ids.join(", ")} of ${stream} ${what}`);
    // A history that was broken off has lost whatever was under way.
    const losses = problems.length > 0 ? [] : say(lost, "were acknowledged, and are lost");
    return {
      problems: [...problems, ...wrong, ...say(refused, "were refused, and delivered"), ...losses],
      steps: this.#stepper.steps,
      crashes: this.#crashes,
      acknowledged: books.count("acknowledged"),
      rejected: books.count("rejected"),
      inDoubt: books.count("in doubt"),
      delivered: database.rows.length,
      rewrites: this.#rewrites,
      flip: this.#flip && this.#fateOf(this.#flip, [lost, refused]),
    };
  }

  #fateOf({ stream }: Flip, wrong: readonly Verdict["lost"][]): FlipFate {
    if (this.#world.damaged.has(stream)) {
      return "found";
    }
    return wrong.some((rows) => rows.has(stream)) ? "undetectable" : "harmless";
  }

  /** A bit was flipped, and that was found, or it looks like the torn tail of what was synced last. */
  #isExcused(stream: string): boolean {
    const flip = this.#flip;
    if (flip?.stream !== stream) {
      return false;
    }
    const last = this.#world.lastGroups.get(stream) ?? { segment: 0, position: 0 };
    const number = Number(flip.segment.replace("segment-", ""));
    const isLast =
      number > last.segment || (number === last.segment && flip.offset >= last.position);
    return isLast || this.#world.damaged.has(stream);
  }
}

function drawPlan(random: SeededRandom): SpoolPlan {
  const segmentBytes = random.pick([300, 800, 2000, 6000]);
  const isShared = random.percent(70);
  const hasStandstill = isShared && random.percent(70);
  return {
    segmentBytes,
    maxBytes:
      random.pick(hasStandstill ? [4, 10, 20] : [4, 20, 1000]) * segmentBytes +
      (isShared ? 3000 : 8000),
    retainMs: random.pick([0, 0, 6000]),
    isShared,
    tables: 1 + random.below(4),
    hasStandstill,
    groups: 1 + random.below(isShared ? 24 : 8),
  };
}
