import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The ids of a process's children, at this moment. */
export function childrenOf(pid: number): number[] {
  // Small Linux images have no ps, and macOS has no /proc.
  return process.platform === "linux" ? childrenByProc(pid) : childrenByPs(pid);
}

function childrenByProc(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return numbersIn(list);
}

function childrenByPs(pid: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "ppid=,pid="], { encoding: "utf8" });
  return table
    .split("\n")
    .map(numbersIn)
    .flatMap(([parent, child]) => (parent === pid && child !== undefined ? [child] : []));
}

function numbersIn(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}
