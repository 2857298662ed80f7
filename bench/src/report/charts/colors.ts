import type { Group } from "../../contenders/contender.js";

/** Distinguishable with red-green color blindness. */
export const LINE_COLORS = ["#3b6fd4", "#e0a800", "#8c8c8c", "#c2477f"];

export const GROUP_COLORS: Readonly<Record<Group, string>> = {
  limit: "#e0a800",
  ours: "#3b6fd4",
  peer: "#a8adb5",
};
