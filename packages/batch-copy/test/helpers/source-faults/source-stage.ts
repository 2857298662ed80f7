import { patiently } from "../server-faults/patiently.js";
import type { Scene } from "../server-faults/scene.js";
import { ddlOf, SourceRun, type SourceRunOptions } from "./source-run.js";
import type { WriterOptions } from "./writer.js";

/** What is read on a stage. */
export type SourceStageOptions = Omit<
  SourceRunOptions,
  "schema" | "ledger" | "letters" | "options"
> & {
  readonly hasLetters?: boolean;
};

/** Where the readers of a scene write. */
export function writingOn(
  scene: Scene,
  { tables, hasLetters = false }: Pick<SourceStageOptions, "tables" | "hasLetters">,
): WriterOptions {
  const name = tables[0]!;
  return {
    tables,
    schema: "work",
    ledger: `work.ledger_of_${name}`,
    letters: hasLetters ? `work.letters_of_${name}` : undefined,
    options: { databaseUrl: scene.writerUrl, connections: 3 },
  };
}

/** Makes the tables for what is read. */
export async function createTables(
  scene: Scene,
  { kind, tables }: Pick<SourceStageOptions, "kind" | "tables">,
): Promise<void> {
  const ddl = ddlOf({ kind, tables, schema: "work" });
  const grants = tables.map((name) => `GRANT ALL ON work.${name} TO writer`).join(";");
  await scene.server.query(`${ddl}; ${grants}`);
}

/** Sources that are read while something befalls the server of a scene. */
export class SourceStage implements AsyncDisposable {
  readonly scene: Scene;
  /** The first table. */
  readonly name: string;
  readonly run: SourceRun;

  static async open(scene: Scene, options: SourceStageOptions): Promise<SourceStage> {
    await createTables(scene, options);
    const run = await SourceRun.start({ ...options, ...writingOn(scene, options) });
    const stage = new SourceStage(scene, `work.${options.tables[0]}`, run);
    await stage.untilFlowing();
    return stage;
  }

  private constructor(scene: Scene, name: string, run: SourceRun) {
    this.scene = scene;
    this.name = name;
    this.run = run;
  }

  /** Runs statements on the server, as its superuser. */
  readonly sql = <Row>(statements: string): Promise<Row[]> => {
    return this.scene.server.query<Row>(statements);
  };

  /** Resolves when some more batches are committed. */
  async untilFlowing(): Promise<void> {
    const enough = this.run.stats.batchesCommitted + 20;
    await patiently(() => {
      this.run.throwIfFailed();
      return this.run.stats.batchesCommitted >= enough;
    }, "rows are committed");
  }

  /** Ends the reading, and says what is wrong. */
  async end(): Promise<string[]> {
    await this.untilFlowing();
    await this.run.end();
    await this.scene.untilIdle();
    return this.run.problems(this.sql);
  }

  /** What has happened, in words. */
  get summary(): string {
    const { stats, counts, read } = this.run;
    return (
      `${read} positions, ${counts.rejections} rejections, ${counts.opened} times opened; ${stats.retries} retries; ` +
      `in doubt: ${stats.inDoubtCommitted} committed, ${stats.inDoubtAborted} aborted, ${stats.inDoubtUnknown} unknown`
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run[Symbol.asyncDispose]();
  }
}
