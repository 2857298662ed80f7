import type { World } from "./world.js";

/** Notes that a stream is called damaged: a problem, unless a bit of it was flipped. */
export function accuse(world: World, stream: string, what: string): void {
  world.tell(`stream ${stream}: ${what}`);
  if (world.flipped.has(stream)) {
    world.damaged.add(stream);
  } else {
    world.problems.push(`stream ${stream}: ${what}`);
  }
}
