/** The longest delay of Node's timers: with a longer one they fire at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;
