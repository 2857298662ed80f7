import { eventually } from "../eventually.js";

/** As `eventually`, for servers that recover while the machine is busy. */
export function patiently(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  return eventually(condition, what, 60);
}
