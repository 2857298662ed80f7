import type { Clock } from "../batch/clock.js";
import { clearTimeout, setTimeout } from "../timers.js";

/** As `Clock.after`, without keeping the process alive. */
export const afterQuietly: Clock["after"] = (milliseconds, callback) => {
  const timer = setTimeout(callback, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
};
