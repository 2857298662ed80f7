import type { inquire as original } from "../../../../dist/transaction/xid-inquiry.js";

/** Takes every commit that was cut off for one that did not happen. */
export const inquire: typeof original = () => Promise.resolve("aborted");
