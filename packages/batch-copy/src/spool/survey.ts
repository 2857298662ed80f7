import { join } from "node:path";

import { askSocket, type SocketAnswer } from "./alive-socket.js";
import type { Disk } from "./disk.js";
import { freeName, streamName, streamOfName, stuckName, type StreamOwner } from "./entry-names.js";
import type { StreamPlace } from "./living-stream.js";

/**
 * Whether the owner of a stream lives:
 *
 * - `alive`: it answers.
 * - `dead`: the stream may be adopted.
 * - `stuck`: the stream must not be adopted unless an operator says so; `reason` says why.
 */
export type Life =
  | { readonly state: "alive" | "dead"; readonly reason?: undefined }
  | {
      readonly state: "stuck";
      readonly reason: string;
      /** Whether its owner has left it for that reason. Otherwise its owner may live. */
      readonly isLeft: boolean;
    };

/** A stream in a directory, and whether its owner lives. */
export interface FoundStream extends StreamOwner {
  /** The path of its directory, as long as nobody adopts it. */
  readonly directory: string;
  readonly life: Life;
}

const NO_SOCKET = "it has no socket that could tell whether its process lives";

/**
 * Finds all streams in a directory. Other names are left alone.
 *
 * @throws the file system's error if the directory cannot be read
 */
export async function survey(place: StreamPlace): Promise<readonly FoundStream[]> {
  const { disk, directory } = place;
  const found: FoundStream[] = [];
  for (const name of await disk.list(directory)) {
    const stream = streamOfName(name);
    if (stream !== undefined) {
      const life = await lifeOf(place, stream);
      const path = join(directory, name);
      // Otherwise another process has adopted it meanwhile.
      if (disk.exists(path)) {
        found.push({ ...stream, directory: path, life });
      }
    }
  }
  return found;
}

/** Whether the owner of a stream lives. */
export async function lifeOf(
  { disk, directory, remote }: StreamPlace,
  stream: StreamOwner,
): Promise<Life> {
  const path = join(directory, streamName(stream));
  const { owner } = stream;
  const answer = await askSocket(path, owner);
  if (answer === "answers") {
    return { state: "alive" };
  }
  try {
    const obstacle = await readIfThere(disk, join(path, stuckName(owner)));
    if (obstacle !== undefined) {
      return { state: "stuck", reason: obstacle, isLeft: true };
    }
  } catch (error) {
    return stuck((error as Error).message);
  }
  if (disk.exists(join(path, freeName(owner)))) {
    return { state: "dead" };
  }
  return lifeByAnswer(answer, remote);
}

function lifeByAnswer(answer: Exclude<SocketAnswer, "answers">, remote: string | undefined): Life {
  if (answer instanceof Error) {
    return stuck(`its socket cannot be asked: ${answer.message}`);
  }
  if (answer === "missing") {
    return stuck(remote ?? NO_SOCKET);
  }
  return remote === undefined ? { state: "dead" } : stuck(remote);
}

function stuck(reason: string): Life {
  return { state: "stuck", reason, isLeft: false };
}

async function readIfThere(disk: Disk, path: string): Promise<string | undefined> {
  if (!disk.exists(path)) {
    return undefined;
  }
  const file = await disk.open(path);
  try {
    const text = Buffer.alloc(await file.size());
    return text.subarray(0, await file.read(text, 0)).toString();
  } finally {
    await file.close();
  }
}
