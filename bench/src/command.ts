import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import type { Contender } from "./contenders/contender.js";
import { contenders, LIMITS } from "./contenders/registry.js";
import { UNNEST, upserters, type Upserter } from "./contenders/upserters.js";
import { curves, type Curve } from "./curves/registry.js";
import { loadNames } from "./files/registry.js";
import type { Results } from "./report/results.js";
import { workloads } from "./workloads/registry.js";
import type { Workload } from "./workloads/workload.js";

const ROOT = join(import.meta.dirname, "..", "..");
/** The figures that the README quotes. */
export const PUBLISHED = join(ROOT, "docs", "benchmarks");
const UNPUBLISHED = join(ROOT, ".cache", "benchmarks");

const ROUNDS = 3;
const QUICK_DIVISOR = 20;
const MOST_ROWS = 1_000_000_000;
const MOST_ROUNDS = 1000;

/** What can be measured; the results of each have a file. */
const PARTS = [
  "throughput",
  "latency",
  "curves",
  "memory",
  "tables",
  "upsert",
  "ledger",
  "spool",
  "load",
  "guard",
] as const satisfies (keyof Results)[];
type PartName = (typeof PARTS)[number];
const QUICK_PARTS: readonly PartName[] = ["throughput", "latency"];

/** What to measure, and how thoroughly. */
export interface Plan {
  readonly parts: readonly PartName[];
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  readonly curves: readonly Curve[];
  readonly upserters: readonly Upserter[];
  /** The files of the part load, by name. */
  readonly loads: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  /** The number of rows to write instead of the usual number. */
  readonly scale: (usual: number) => number;
}

/** The parsed command line. */
export interface Command {
  readonly plan: Plan;
  /** The folder for results. */
  readonly out: string;
  /** The folder for CPU profiles of the workers; undefined for none. */
  readonly profiles: string | undefined;
}

export const HELP = `Usage: npm run bench -- [OPTIONS]
  --quick            a twentieth of the rows, one round, no curves; takes three minutes
  --only NAME,...    only these parts, workloads, contenders, curves and files (the limit always takes part,
                     and so does ${UNNEST} in the part upsert)
  --rows N           how many rows fast contenders write; slow ones write a fraction
  --rounds N         how often each is measured (default ${ROUNDS})
  --out FOLDER       where results are written (default docs/benchmarks for complete parts,
                     otherwise .cache/benchmarks)
  --profile FOLDER   writes a CPU profile of each worker to the folder
  --help             prints this text

Without options everything is measured, which takes three hours or more. It uses the server that
DATABASE_URL names, otherwise a temporary one.

Parts: ${PARTS.join(", ")}
Workloads: ${workloads.map(({ name }) => name).join(", ")}
Files of the part load: ${loadNames.join(", ")}
Curves: ${curves.map(({ name }) => name).join(", ")}
Contenders:
${listOf(contenders)}
Contenders of the part upsert:
${listOf(upserters)}`;

/** Parses the command line; undefined if it asks for help. Throws an Error that says what is invalid. */
export function readCommand(args: string[]): Command | undefined {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      rows: { type: "string" },
      rounds: { type: "string" },
      out: { type: "string" },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { quick } = values;
  const names = values.only?.split(",") ?? [];
  const rows = readInteger("--rows", values.rows, MOST_ROWS);
  const rounds = readInteger("--rounds", values.rounds, MOST_ROUNDS);
  const selection = select(names, quick);
  const isPublishable =
    !quick &&
    rows === undefined &&
    rounds === undefined &&
    names.every((name) => isPart(name)) &&
    values.profile === undefined;
  return {
    plan: {
      ...selection,
      quick,
      rounds: rounds ?? (quick ? 1 : ROUNDS),
      scale: (usual) => rows ?? (quick ? Math.ceil(usual / QUICK_DIVISOR) : usual),
    },
    out: values.out === undefined ? (isPublishable ? PUBLISHED : UNPUBLISHED) : resolve(values.out),
    profiles: values.profile === undefined ? undefined : resolve(values.profile),
  };
}

type Selection = Pick<
  Plan,
  "parts" | "workloads" | "contenders" | "curves" | "upserters" | "loads"
>;

/** A workload, a contender or a curve selects the part that it belongs to. */
function select(names: readonly string[], quick: boolean): Selection {
  const wanted = new Set(names);
  const chosenWorkloads = workloads.filter(({ name }) => wanted.has(name));
  const chosenContenders = contenders.filter(({ id }) => wanted.has(id));
  const chosenCurves = curves.filter(({ name }) => wanted.has(name));
  const chosenUpserters = upserters.filter(({ id }) => wanted.has(id));
  const chosenLoads = loadNames.filter((name) => wanted.has(name));
  refuseUnknown(names);
  const parts = PARTS.filter(
    (part) =>
      wanted.has(part) ||
      (part === "throughput" && chosenWorkloads.length + chosenContenders.length > 0) ||
      (part === "curves" && chosenCurves.length > 0) ||
      (part === "upsert" && chosenUpserters.length > 0) ||
      (part === "load" && chosenLoads.length > 0),
  );
  return {
    parts: names.length > 0 ? parts : quick ? QUICK_PARTS : PARTS,
    workloads: chosenWorkloads.length > 0 ? chosenWorkloads : workloads,
    contenders:
      chosenContenders.length > 0
        ? contenders.filter(({ id }) => wanted.has(id) || LIMITS.includes(id))
        : contenders,
    curves: chosenCurves.length > 0 ? chosenCurves : curves,
    upserters:
      chosenUpserters.length > 0
        ? upserters.filter(({ id }) => wanted.has(id) || id === UNNEST)
        : upserters,
    loads: chosenLoads.length > 0 ? chosenLoads : loadNames,
  };
}

function refuseUnknown(names: readonly string[]): void {
  const known = new Set<string>([
    ...PARTS,
    ...workloads.map(({ name }) => name),
    ...contenders.map(({ id }) => id),
    ...curves.map(({ name }) => name),
    ...upserters.map(({ id }) => id),
    ...loadNames,
  ]);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(`Unknown name in --only: ${unknown.map((name) => `"${name}"`).join(", ")}`);
  }
}

function listOf(entries: readonly Pick<Contender, "id" | "label">[]): string {
  return entries.map(({ id, label }) => `  ${id.padEnd(24)} ${label}`).join("\n");
}

function isPart(name: string): boolean {
  return (PARTS as readonly string[]).includes(name);
}

function readInteger(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new Error(`${name} must be a whole number from 1 to ${most}, got "${text}"`);
  }
  return value;
}
