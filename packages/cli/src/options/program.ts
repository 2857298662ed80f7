import { Command, CommanderError } from "commander";

import { loadCommand } from "./load-command.js";
import type { LoadOptions } from "./load-options.js";
import { showError, type ProgramOutput } from "./program-output.js";
import {
  deadLettersCommand,
  definitionCommand,
  ledgerCommand,
  spoolCommand,
} from "./tool-commands.js";
import type {
  DeadLettersOptions,
  DefinitionOptions,
  LedgerCommandOptions,
  SpoolCommandOptions,
} from "./tool-options.js";
import { UsageError } from "./usage-error.js";

/** What the commands do. Each returns the exit code, and may throw a UsageError. */
export interface Actions {
  load(options: LoadOptions): Promise<number>;
  definition(options: DefinitionOptions): Promise<number>;
  ledger(options: LedgerCommandOptions): Promise<number>;
  spool(options: SpoolCommandOptions): Promise<number>;
  deadLetters(options: DeadLettersOptions): Promise<number>;
}

/** The exit code of a command line that cannot be carried out. */
const USAGE_EXIT_CODE = 2;

/**
 * Reads a command line and carries it out.
 *
 * @param args without the paths of Node and the program
 * @returns the exit code. Errors other than of usage are thrown.
 */
export async function runProgram(
  args: readonly string[],
  actions: Actions,
  output: ProgramOutput,
): Promise<number> {
  let exitCode = 0;
  const ending =
    <Options>(action: (options: Options) => Promise<number>) =>
    async (options: Options): Promise<void> => {
      exitCode = await action(options);
    };
  const program = new Command("batch-copy")
    .description("Load files into PostgreSQL, and look after what the library batch-copy keeps.")
    .version(output.version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help, also of a command: batch-copy load --help")
    .addCommand(loadCommand(ending((options: LoadOptions) => actions.load(options))))
    .addCommand(definitionCommand(ending((options) => actions.definition(options))))
    .addCommand(ledgerCommand(ending((options) => actions.ledger(options))))
    .addCommand(spoolCommand(ending((options) => actions.spool(options))))
    .addCommand(deadLettersCommand(ending((options) => actions.deadLetters(options))));
  forAll(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => output.out(text),
      // Help that is shown because of a wrong command line; errors themselves are written below.
      writeErr: (text) => output.error(text),
      outputError: () => {},
    });
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    const message = usageMessage(error);
    if (message !== undefined) {
      showError(message, args, output);
    }
    return error instanceof CommanderError && error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  }
  return exitCode;
}

function forAll(command: Command, configure: (command: Command) => void): void {
  configure(command);
  for (const child of command.commands) {
    forAll(child, configure);
  }
}

/**
 * One line that says what is wrong with the command line; undefined if its help was shown.
 *
 * @throws an error that is not of usage
 */
function usageMessage(error: unknown): string | undefined {
  if (error instanceof UsageError) {
    return error.message;
  }
  if (!(error instanceof CommanderError)) {
    throw error;
  }
  if (error.code.startsWith("commander.help") || error.code === "commander.version") {
    return undefined;
  }
  return error.message
    .replace(/^error: /, "")
    .replace(/^option '(.*)' argument missing$/, "$1 needs a value")
    .replace(/\n\((Did you mean .*\?)\)$/, ". $1")
    .replaceAll("'", '"');
}
