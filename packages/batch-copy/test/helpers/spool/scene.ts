import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Clock } from "../../../dist/batch/clock.js";
import { systemClock } from "../../../dist/batch/clock.js";
import type { Disk } from "../../../dist/spool/disk.js";
import { FrameReader } from "../../../dist/spool/frame-reader.js";
import type { RowsToStore } from "../../../dist/spool/group.js";
import { nodeDisk } from "../../../dist/spool/node-disk.js";
import type { SegmentFiles } from "../../../dist/spool/segments.js";
import type { StoredForm } from "../../../dist/spool/stored-form.js";
import { StoredStream } from "../../../dist/spool/stored-stream.js";
import type { SpoolTrouble, StreamSettings } from "../../../dist/spool/stream-settings.js";
import { StreamWriter } from "../../../dist/spool/stream-writer.js";

export const STREAM = "7d7a1b5e-2f0c-4c59-9f3a-0a4d4f4b8a11";

/** A directory of a stream, and what is written to and read from it. */
export class SpoolScene {
  readonly troubles: SpoolTrouble[] = [];
  readonly directory: string;
  isOurs = true;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<SpoolScene> {
    return new SpoolScene(await mkdtemp(join(tmpdir(), `${STREAM}.`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true });
  }

  begin(options: Partial<StreamSettings> & { disk?: Disk } = {}): Promise<StreamWriter> {
    const { disk = nodeDisk, ...settings } = options;
    return StreamWriter.begin(disk, this.directory, {
      id: STREAM,
      segmentBytes: 64 * 2 ** 20,
      maxBytes: 2 ** 30,
      otherBytes: () => 0,
      isShared: false,
      retainMs: 0,
      clock: systemClock satisfies Clock,
      onTrouble: (trouble) => this.troubles.push(trouble),
      isOurs: () => this.isOurs,
      ...settings,
    });
  }

  adopt(disk: Disk = nodeDisk): Promise<StoredStream> {
    return StoredStream.open(disk, this.directory, true);
  }

  look(disk: Disk = nodeDisk): Promise<StoredStream> {
    return StoredStream.open(disk, this.directory, false);
  }

  /** The path of a segment. */
  segment(number: number): string {
    return join(this.directory, `segment-${String(number).padStart(10, "0")}`);
  }

  async names(): Promise<string[]> {
    return (await readdir(this.directory)).toSorted();
  }
}

/** The form of a table. */
export function formOf(table: number): StoredForm {
  return { table, name: `"public"."t${table}"`, columns: [{ name: "a", type: "text" }] };
}

/** Rows whose bytes are these texts. */
export function rowsOf(form: number, firstRow: number, ...texts: string[]): RowsToStore {
  const tuples = texts.map((text) => Buffer.from(`${text}\n`));
  return { form, firstRow, rows: texts.length, tuples };
}

/** All rows of a table that a stream has, as `number:text`. */
export async function readRows(
  files: SegmentFiles,
  table: number,
  row = 0,
): Promise<readonly string[]> {
  const reader = new FrameReader(files, table, files.cursorOf(table, row));
  const found: string[] = [];
  for (let rows = await reader.next(); rows !== undefined; rows = await reader.next()) {
    const texts = rows.tuples.toString().split("\n").slice(0, -1);
    const { firstRow } = rows;
    found.push(...texts.map((text, i) => `${firstRow + i}:${text}`));
  }
  await reader.close();
  return found;
}
