import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The user that a server runs as: undefined for the current user, or ids to spawn with. */
export interface ServerOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: for root, the owner is `nobody`; otherwise the current user. */
export async function serverOwner(): Promise<ServerOwner> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all([run("id", ["-u", "nobody"]), run("id", ["-g", "nobody"])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Gives a file, or a folder with all it holds, to the server's user. */
export async function giveTo({ uid, gid }: ServerOwner, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await run("chown", ["-R", `${uid}:${gid}`, path]);
}
