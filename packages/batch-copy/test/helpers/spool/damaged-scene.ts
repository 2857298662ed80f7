import assert from "node:assert/strict";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { nodeDisk } from "../../../dist/spool/node-disk.js";
import { StoredStream } from "../../../dist/spool/stored-stream.js";
import { LifeScene, writerOf } from "./life-scene.js";
import { formOf, readRows, rowsOf } from "./scene.js";

/** The tables that a dead stream has rows of. */
export const TABLES: readonly number[] = [0, 1];

/** A dead stream of two tables in several segments. */
export class DamagedScene {
  readonly lives: LifeScene;
  readonly id: string;
  /** The rows of each table as they were written, as `readRows` gives them. */
  readonly written: readonly (readonly string[])[];

  private constructor(lives: LifeScene, id: string, written: readonly (readonly string[])[]) {
    this.lives = lives;
    this.id = id;
    this.written = written;
  }

  /** @param appends how many groups of rows are written: three a segment, with four rows of each table */
  static async create(appends = 12): Promise<DamagedScene> {
    const lives = await LifeScene.create();
    const directory = await lives.open();
    const stream = await directory.begin();
    const writer = await writerOf(stream, 1300);
    const forms = TABLES.map((table) => writer.addForm(formOf(table)));
    const texts = Array.from({ length: 4 * appends }, (_, row) => `row ${row} ${"x".repeat(20)}`);
    for (let row = 0; row < texts.length; row += 4) {
      const some = texts.slice(row, row + 4);
      await writer.append(forms.map((form) => rowsOf(form, row, ...some)));
    }
    const written = await Promise.all(TABLES.map((table) => readRows(writer.files, table)));
    await writer.close();
    await stream.leave();
    return new DamagedScene(lives, stream.id, written);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lives[Symbol.asyncDispose]();
  }

  /** The directory of the stream, whoever owns it. */
  async directory(): Promise<string> {
    const name = (await this.lives.names()).find((one) => one.startsWith(this.id));
    assert.ok(name);
    return join(this.lives.path, name);
  }

  /** The paths of its segments. */
  async segments(): Promise<readonly string[]> {
    const directory = await this.directory();
    const names = await readdir(directory);
    return names
      .filter((name) => name.startsWith("segment-"))
      .toSorted()
      .map((name) => join(directory, name));
  }

  /** Changes the file of a segment, which is given by its place. */
  async change(place: number, damage: (bytes: Buffer) => Buffer | undefined): Promise<void> {
    const path = (await this.segments()).at(place)!;
    const bytes = damage(await readFile(path));
    await (bytes === undefined
      ? rename(path, join(this.lives.path, "lost"))
      : writeFile(path, bytes));
  }

  /** Reads the rows of each table as an owner does. */
  async read(): Promise<readonly (readonly string[])[]> {
    const stream = await StoredStream.open(nodeDisk, await this.directory(), true);
    await stream.scan();
    return Promise.all(TABLES.map((table) => readRows(stream.files, table)));
  }
}
