import type { Edit } from "../../../fault/mutants/edits.js";

/** A negative control of the spool. */
interface Control {
  /** What is done wrong. */
  readonly what: string;
  readonly edits: readonly Edit[];
}

const DISK_FILE = "../dist-test/helpers/spool/simulated/simulated-disk-file.js";

// What makes rare cases frequent, so that a control fails soon.
const FAILING_SYNCS: Edit = {
  module: "../dist-test/helpers/spool/simulated/disk-faults.js",
  from: "failedSyncs: often(40, 15)",
  to: "failedSyncs: often(100, 40)",
};
const POWER_CUTS: Edit = {
  module: "../dist-test/helpers/spool/histories/events.js",
  from: '["kill", "kill", "power"]',
  to: '["kill", "power", "power"]',
};

/** Variants of the spool, and of how it is used, that are wrong. */
export const SPOOL_CONTROLS: Readonly<Record<string, Control>> = {
  "spool-short-writes": {
    what: "a write that was short is taken for a whole one",
    edits: [
      {
        module: "spool/stream-writer.js",
        from: "if ((await file.writeDurably(group.parts, segment.end)) === bytes) {",
        to: "if ((await file.writeDurably(group.parts, segment.end)) > 0) {",
      },
    ],
  },
  "spool-before-sync": {
    what: "rows are acknowledged before they are synced",
    edits: [
      {
        module: DISK_FILE,
        from: "if (written === bytes.length || this.#around.machine.random.percent(50)) {",
        to: "if (position === 0) {",
      },
    ],
  },
  "spool-sync-again": {
    what: "a sync that failed is repeated on the same file",
    edits: [
      {
        module: "spool/stream-writer.js",
        from: "segment.bytes = Math.max(segment.bytes, group.end);",
        to: 'if (error.syscall === "fdatasync" && (await file.sync().then(() => true, () => false))) return undefined;',
      },
    ],
  },
  "spool-directory": {
    what: "the directory is not synced when a segment begins",
    edits: [
      {
        module: "spool/new-segment.js",
        from: "await disk.syncDirectory(directory);",
        to: "",
      },
    ],
  },
  "spool-told-early": {
    what: "rows are refused before it is durable that nobody will read them",
    edits: [
      {
        module: "spool/stream-writer.js",
        from: "segment.bytes = Math.max(segment.bytes, group.end);",
        to: 'throw new SpoolError("told at once");',
      },
    ],
  },
  "spool-adopted-unsynced": {
    what: "a stream is adopted without a sync",
    edits: [
      {
        module: "spool/stored-stream.js",
        from: "await writeAgain(file, path, newest.synced, newest.end);",
        to: "",
      },
    ],
  },
  "spool-adopted-synced-only": {
    what: "an adopted stream is synced, after a sync of its former owner has failed",
    edits: [
      FAILING_SYNCS,
      POWER_CUTS,
      {
        module: "spool/stored-stream.js",
        from: "await writeAgain(file, path, newest.synced, newest.end);",
        to: "await file.sync();",
      },
    ],
  },
  "spool-no-chain": {
    what: "headers do not say where the segment before them ends",
    edits: [
      {
        module: "spool/stored-stream.js",
        from: "next?.header?.previous?.end ?? start",
        to: "next === undefined ? start : size",
      },
      {
        module: "spool/stored-stream.js",
        from: "if (scanned.end < segment.end && ",
        to: "if (false && ",
      },
    ],
  },
  "spool-removal-order": {
    what: "the directory is not synced between two segments that are removed",
    edits: [
      POWER_CUTS,
      {
        module: "spool/segment-remover.js",
        from: "await this.#disk.syncDirectory(this.#directory);",
        to: "",
      },
    ],
  },
  "spool-retention": {
    what: "segments are not retained for a server that may forget",
    edits: [
      {
        module: "spool/segment-remover.js",
        from: "at - passedAt >= this.#settings.retainMs",
        to: "true",
      },
    ],
  },
  "spool-asynchronous-commit": {
    what: "segments are removed after commits that are not durable",
    edits: [
      {
        module: "../dist-test/helpers/spool/histories/history.js",
        from: "if (plan.retainMs > 0) {",
        to: "{",
      },
      {
        module: "../dist-test/helpers/spool/histories/history.js",
        from: "this.#random.below(plan.retainMs)",
        to: "this.#random.below(plan.retainMs || 3000)",
      },
    ],
  },
  "spool-not-ours": {
    what: "nobody asks whether the stream was taken before rows are acknowledged",
    edits: [
      {
        module: "spool/stream-writer.js",
        from: "this.#isTaken || !this.#settings.isOurs()",
        to: "false",
      },
    ],
  },
  "spool-cut-unsynced": {
    what: "a file is cut without a sync, and its rows are refused then",
    edits: [
      FAILING_SYNCS,
      POWER_CUTS,
      {
        module: DISK_FILE,
        from: "await this.#step(`cut to ${bytes}`, () => this.#file.truncate(bytes));\n        await this.sync();",
        to: "await this.#step(`cut to ${bytes}`, () => this.#file.truncate(bytes));",
      },
      {
        module: "spool/stream-writer.js",
        from: "await this.#beginNext(UncertainError);\n            return error;",
        to: "await file.truncateDurably(segment.end).catch(() => undefined);\n            return error;",
      },
    ],
  },
  "spool-rewritten-unsynced": {
    what: "a rewritten segment takes the place of others before it is synced",
    edits: [
      POWER_CUTS,
      {
        module: DISK_FILE,
        from: "if (written === bytes.length || this.#around.machine.random.percent(50)) {",
        to: 'if (!this.#path.endsWith(".new") && (written === bytes.length || this.#around.machine.random.percent(50))) {',
      },
    ],
  },
  "spool-rewritten-short": {
    what: "a write of a rewritten segment that was short is taken for a whole one",
    edits: [
      {
        module: "spool/rewrite-segments.js",
        from: "if ((await this.#file.writeDurably(parts, position)) < bytes) {",
        to: "if ((await this.#file.writeDurably(parts, position)) === 0) {",
      },
    ],
  },
  "spool-rewritten-renamed-only": {
    what: "segments are removed before it is durable that another one stands for them",
    edits: [
      POWER_CUTS,
      {
        module: "spool/remove-leftover.js",
        from: "await disk.syncDirectory(directory);\n    for",
        to: "for",
      },
      {
        module: "spool/remove-leftover.js",
        from: "await disk.syncDirectory(directory);\n    segment",
        to: "segment",
      },
    ],
  },
  "spool-rewritten-adopted": {
    what: "what is left of segments that another one stands for is read again",
    edits: [
      {
        module: "spool/stored-segment.js",
        from: "if (number <= last) {",
        to: "if (false) {",
      },
    ],
  },
  "spool-rewritten-retention": {
    what: "segments are rewritten without rows that a server may forget",
    edits: [
      {
        module: "spool/settled-rows.js",
        from: "at - mark.at >= this.#retainMs",
        to: "true",
      },
    ],
  },
  "spool-rewritten-positions": {
    what: "readers go on in a rewritten segment where they were before",
    edits: [
      {
        module: "spool/frame-reader.js",
        from: ": segment === this.#segment;",
        to: ": segment.number === this.#segment.number;",
      },
    ],
  },
  "spool-rewritten-while-opened": {
    what: "readers do not notice that a segment is rewritten while they open it",
    edits: [
      {
        module: "spool/frame-reader.js",
        from: "if (this.#isGone(segment) || segment.replacing !== undefined) {",
        to: "if (false) {",
      },
      {
        module: "spool/frame-reader.js",
        from: "await segment.replacing;",
        to: "",
      },
    ],
  },
  "spool-rewritten-last-rows": {
    what: "a rewritten segment does not say which rows are gone",
    edits: [
      {
        module: "spool/stored-stream.js",
        from: "passBy(segment, extents);",
        to: "",
      },
    ],
  },
};

/** By the names of the controls. */
export const SPOOL_EDITS: Readonly<Record<string, readonly Edit[]>> = Object.fromEntries(
  Object.entries(SPOOL_CONTROLS).map(([name, { edits }]) => [name, edits]),
);
