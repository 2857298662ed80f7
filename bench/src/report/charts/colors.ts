import type { Group } from "../../contenders/contender.js";

/** Distinguishable with red-green color blindness. */
export const LINE_COLORS = [
  "#3b6fd4",
  "#e0a800",
  "#8c8c8c",
  "#c2477f",
  "#2f9e8f",
  "#d55e00",
  "#56b4e9",
  "#6b4fa0",
  "#1f2328",
  "#7f6000",
];

export const GROUP_COLORS: Readonly<Record<Group, string>> = {
  limit: "#e0a800",
  ours: "#3b6fd4",
  peer: "#a8adb5",
};
