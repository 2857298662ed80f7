/**
 * When each row arrives: at random moments, as from many independent sources, but the same in each
 * run.
 */
export function arrivalTimes(firstAt: number, rows: number, perSecond: number): Float64Array {
  const times = new Float64Array(rows);
  let state = 1;
  let time = firstAt;
  for (let n = 0; n < rows; n++) {
    times[n] = time;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const uniform = (state + 1) / 2 ** 32;
    time -= (Math.log(uniform) * 1000) / perSecond;
  }
  return times;
}
