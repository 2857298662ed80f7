const DIGITS = 3;
const MEBIBYTE = 2 ** 20;

/** Three significant digits: `3,490,000`, `24,900`, `0.235`. */
export function formatFigure(value: number): string {
  return Number(value.toPrecision(DIGITS)).toLocaleString("en-US", { maximumFractionDigits: 20 });
}

/** For the ends of bars: `3.49 M`, `24.9 k`. */
export function formatShort(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(DIGITS))} M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(DIGITS))} k`;
  return formatFigure(value);
}

export function formatMebibytes(bytes: number): string {
  return String(Math.round(bytes / MEBIBYTE));
}

export function formatRatio(value: number): string {
  return value.toFixed(value < 0.1 ? 3 : 2);
}
