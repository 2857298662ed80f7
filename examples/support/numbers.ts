/** Formats a number for people: `2,000,000` or `1.25`. */
export function formatNumber(value: number, decimals = 0): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** How many per second, since a value of `performance.now()`. */
export function perSecond(count: number, startedAt: number): string {
  return formatNumber(count / ((performance.now() - startedAt) / 1000));
}
