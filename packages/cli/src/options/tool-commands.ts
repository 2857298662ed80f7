import { Command } from "commander";

import { readDatabaseUrl } from "./database-url-option.js";
import { choice, notEmpty, wholeNumber } from "./option-values.js";
import type {
  DeadLettersOptions,
  DefinitionOptions,
  LedgerCommandOptions,
  SpoolCommandOptions,
} from "./tool-options.js";

type Action<Options> = (options: Options) => Promise<void>;

/** What these commands have in common on the command line. */
interface Given {
  readonly databaseUrl?: string;
  readonly json?: boolean;
  readonly names?: string;
  readonly ledger?: string;
  readonly stream?: string;
  readonly adopt?: boolean;
  readonly into?: string;
  readonly where?: string;
  readonly force?: boolean;
  readonly limit?: string;
}

/** How many dead letters are listed for people to read. */
const LISTED_LETTERS = 20;

/** The command `definition`. */
export function definitionCommand(action: Action<DefinitionOptions>): Command {
  const command = withServer(
    new Command("definition")
      .description("Print the definition of a table as TypeScript, for the library batch-copy.")
      .summary("print the definition of a table as TypeScript")
      .argument("<table>", "table, such as app.prices")
      .option("--names <rule>", "snake_case: print keys in camelCase"),
  );
  return command.action(async (table: string) => {
    const given = command.opts<Given>();
    await action({
      table,
      names: choice("--names", given.names, ["snake_case"]),
      databaseUrl: readDatabaseUrl(given.databaseUrl),
    });
  });
}

/** The command `ledger`, with `list` and `forget`. */
export function ledgerCommand(action: Action<LedgerCommandOptions>): Command {
  const run = async (command: Command, forget: readonly string[] | undefined): Promise<void> => {
    const { ledger, force = false, json = false, databaseUrl } = command.opts<Given>();
    await action({
      ledger: notEmpty("--ledger", "the name of a table", ledger),
      forget,
      force,
      json,
      databaseUrl: readDatabaseUrl(databaseUrl),
    });
  };
  const withLedger = (command: Command): Command =>
    withJson(
      withServer(command).option("--ledger <table>", "the ledger; default: batch_copy_ledger"),
    );
  const list = withLedger(new Command("list").description("List sources and their positions."));
  const forget = withLedger(
    new Command("forget")
      .description("Remove sources, so that their files are loaded from the start again.")
      .argument("<source...>", "paths of files that were loaded, or names of sources")
      .option("--force", "also if a process that writes to the source is connected"),
  );
  return new Command("ledger")
    .summary("list the positions of loads, or forget them")
    .description("Look at the ledger, which keeps how far each file is loaded.")
    .addCommand(list.action(async () => run(list, undefined)))
    .addCommand(forget.action(async (sources: string[]) => run(forget, sources)));
}

/** The command `spool`, with `list` and `repair`. */
export function spoolCommand(action: Action<SpoolCommandOptions>): Command {
  const directory = "directory of the spool";
  const list = withJson(
    new Command("list")
      .description("List the streams in a spool, and what waits in them.")
      .argument("<directory>", directory),
  );
  const repair = withJson(
    new Command("repair")
      .description("Repair a spool, so that what waits there is delivered.")
      .argument("<directory>", directory)
      .option("--stream <uuid>", "repair only this stream")
      .option("--adopt", "take over streams whose processes may live; end these processes first"),
  );
  return new Command("spool")
    .summary("list what waits in a spool, or repair it")
    .description("Look at the spool of a process that uses the library batch-copy, or repair it.")
    .addCommand(
      list.action(async (path: string) => {
        const { json = false } = list.opts<Given>();
        await action({ directory: path, repair: undefined, json });
      }),
    )
    .addCommand(
      repair.action(async (path: string) => {
        const { stream, adopt = false, json = false } = repair.opts<Given>();
        await action({ directory: path, repair: { stream, adopt }, json });
      }),
    );
}

/** The command `dead-letters`, with `list` and `resend`. */
export function deadLettersCommand(action: Action<DeadLettersOptions>): Command {
  const run = async (command: Command, letters: string): Promise<void> => {
    const { into, where, limit, json = false, databaseUrl } = command.opts<Given>();
    await action({
      letters,
      resendTo: notEmpty("--into", "the name of a table", into),
      where: notEmpty("--where", "a condition as SQL", where),
      limit: wholeNumber("--limit", limit, {
        least: 1,
        otherwise: json ? undefined : LISTED_LETTERS,
      }),
      json,
      databaseUrl: readDatabaseUrl(databaseUrl),
    });
  };
  const withLetters = (command: Command): Command =>
    withJson(
      withServer(command)
        .argument("<letters>", "table of dead letters")
        .option("--where <sql>", "only letters for which this condition is true; it is SQL"),
    );
  const list = withLetters(
    new Command("list").description(
      "List dead letters: how many of which table and SQLSTATE, then the latest.",
    ),
  ).option(
    "--limit <count>",
    `list at most so many letters; default: ${LISTED_LETTERS}, all with --json`,
  );
  const resend = withLetters(
    new Command("resend")
      .description("Send dead letters again. Those that are rejected again stay.")
      .requiredOption("--into <table>", "table whose letters are sent"),
  );
  return new Command("dead-letters")
    .summary("list rejected rows that are kept in a table, or send them again")
    .description("Look at rows that the server rejected, or send them again.")
    .addCommand(list.action(async (letters: string) => run(list, letters)))
    .addCommand(resend.action(async (letters: string) => run(resend, letters)));
}

function withServer(command: Command): Command {
  return command.option(
    "--database-url <url>",
    "server; default: DATABASE_URL, else the PG* variables",
  );
}

function withJson(command: Command): Command {
  return command.option("--json", "print JSON lines");
}
