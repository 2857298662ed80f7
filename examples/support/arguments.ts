import { parseArgs, type ParseArgsConfig } from "node:util";

type ParsedArguments<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

/** As `parseArgs`, but invalid arguments end the program with a clear error. */
export function readArguments<T extends ParseArgsConfig>(config: T): ParsedArguments<T> {
  try {
    return parseArgs(config);
  } catch (error) {
    return refuseArguments(error instanceof Error ? error.message : String(error));
  }
}

/** Reads a whole number within a range. */
export function readInteger(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    refuseArguments(`${name} must be a whole number from ${least} to ${most}, got "${text}"`);
  }
  return value;
}

/** Ends the program because of invalid arguments. */
export function refuseArguments(message: string): never {
  console.error(`${message}\nTry --help.`);
  process.exit(2);
}
