import { spawnSync } from "node:child_process";

/** The reason to skip a test that needs a program, or false if it is there. */
export function skipWithout(command: string): string | false {
  const { error } = spawnSync(command, ["--version"], { stdio: "ignore" });
  return error === undefined ? false : `there is no ${command}`;
}
