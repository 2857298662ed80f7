// @ts-check
/** @type {string[]} */
const failures = [];

/**
 * Notes a check, and prints it.
 * @param {boolean} isTrue
 * @param {string} what
 */
export function check(isTrue, what) {
  console.log(`${isTrue ? "ok    " : "FAILED"} ${what}`);
  if (!isTrue) failures.push(what);
}

/** How many checks have failed. */
export function failedChecks() {
  return failures.length;
}
