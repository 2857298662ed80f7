import { nearest } from "./nearest.js";
import { UsageError } from "./usage-error.js";

/** Checks a value of an option that has a few possible values. */
export function choice<Value extends string>(
  option: string,
  text: string | undefined,
  values: readonly Value[],
): Value | undefined {
  if (text === undefined || values.includes(text as Value)) {
    return text as Value | undefined;
  }
  const near = nearest(text, values);
  const hint = near === undefined ? "" : `. Did you mean ${near}?`;
  throw new UsageError(`${option} must be ${listed(values)}, got ${shown(text)}${hint}`);
}

/** Checks a value that is a whole number, written in digits. */
export function wholeNumber<Missing>(
  option: string,
  text: string | undefined,
  range: { readonly least: number; readonly most?: number; readonly otherwise: Missing },
): number | Missing {
  if (text === undefined) {
    return range.otherwise;
  }
  const { least, most = Number.MAX_SAFE_INTEGER } = range;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) {
    return value;
  }
  const bounds =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option} must be a whole number ${bounds}, got ${shown(text)}`);
}

/** Checks a value that must not be empty, such as the name of a table. */
export function notEmpty(option: string, what: string, text: string): string;
export function notEmpty(
  option: string,
  what: string,
  text: string | undefined,
): string | undefined;
export function notEmpty(
  option: string,
  what: string,
  text: string | undefined,
): string | undefined {
  if (text?.trim() === "") {
    throw new UsageError(`${option} must be ${what}, got an empty string`);
  }
  return text;
}

/** `"text"`, so that spaces and control characters can be seen. */
export function shown(text: string): string {
  return JSON.stringify(text);
}

function listed(values: readonly string[]): string {
  return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
