const NUMBERS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `1,234,567`. */
export function countText(count: number): string {
  return NUMBERS.format(count);
}

/** `1 row`, `1,234 rows`. */
export function rowsText(count: number): string {
  return `${countText(count)} ${count === 1 ? "row" : "rows"}`;
}

/** `1.23M`, where there is little room. */
export function shortCount(count: number): string {
  return withUnit(count, ["", "k", "M", "G"], "");
}

/** `12.3 MB`: units of 1000, as files are sold and shown. */
export function bytesText(bytes: number): string {
  return withUnit(bytes, ["bytes", "kB", "MB", "GB", "TB"], " ");
}

/** `0.35 s`, `12 s`, `3 min 05 s`, `2 h 03 min`. */
export function durationText(seconds: number): string {
  if (seconds < 59.5) {
    return `${seconds < 10 ? Number(seconds.toPrecision(2)) : Math.round(seconds)} s`;
  }
  const whole = Math.round(seconds);
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
}

/** `1:05`, `2:03:09`, where there is little room. */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = twoDigits(whole % 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`;
}

/** A text from a file or a server that does nothing to a terminal, and is one line. */
export function harmless(text: string): string {
  return text.replaceAll(CONTROL_CHARACTERS, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return character === "\n" ? " " : String.raw`\u${code}`;
  });
}

const CONTROL_CHARACTERS = /\p{Cc}/gu;

function withUnit(value: number, units: readonly string[], space: string): string {
  let scaled = value;
  let index = 0;
  // What is rounded to 1000 has the next unit.
  while (scaled >= 999.5 && index < units.length - 1) {
    scaled /= 1000;
    index++;
  }
  const digits = index === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toFixed(digits)}${space}${units[index]}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
