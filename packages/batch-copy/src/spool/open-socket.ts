import { AliveSocket } from "./alive-socket.js";
import type { Disk } from "./disk.js";

/**
 * Makes the socket of an owner in the directory of its stream, if there can be one.
 *
 * @param warn called with why there is none
 * @throws an error with code `ENOENT` if the directory is gone
 */
export async function openSocket(
  disk: Disk,
  directory: string,
  owner: string,
  warn: (message: string) => void,
): Promise<AliveSocket | undefined> {
  try {
    return await AliveSocket.open(directory, owner);
  } catch (error) {
    const reason = (error as Error).message;
    if (!disk.exists(directory)) {
      // Libuv says EACCES if it goes while the socket is bound (uv_pipe_bind in unix/pipe.c).
      throw Object.assign(new Error(reason, { cause: error }), { code: "ENOENT" });
    }
    warn(
      `there can be no socket in ${directory}: if this process is killed, the rows in it wait for repairSpool() with adopt: ${reason}`,
    );
    return undefined;
  }
}
