import type { Clock } from "../batch/clock.js";
import type { FrameReader } from "../spool/frame-reader.js";
import { TableFeed, type StoredRange, type TableFeedParts } from "./table-feed.js";

/** What the feeds of a table work with. */
export interface TableFeedsParts<Row extends object> extends Pick<
  TableFeedParts<Row>,
  "queue" | "memory" | "convert"
> {
  readonly clock: Clock;
  /** Called if rows of a former life cannot be read. */
  readonly onFormerDamaged: (error: Error) => void;
}

/** The feeds of a table, one after the other: those of former lives, the oldest first, then that of this one. */
export class TableFeeds<Row extends object> {
  readonly #parts: TableFeedsParts<Row>;
  #live: TableFeed<Row> | undefined;
  /** Whether rows of this life wait for those of former ones, which other instances write. */
  #isHeld = false;
  #former: TableFeed<Row>[] = [];
  #damage: Error | undefined;

  constructor(parts: TableFeedsParts<Row>) {
    this.#parts = parts;
  }

  /** That of this life. */
  get live(): TableFeed<Row> | undefined {
    return this.#live;
  }

  /** Takes the place of the former feed of this life. */
  beginLive(stored: StoredRange, readFrom: (row: number) => FrameReader): void {
    this.#live = this.#feedOf(stored, readFrom);
  }

  /** Adds that of a former life. */
  addFormer(stored: StoredRange, readFrom: (row: number) => FrameReader): TableFeed<Row> {
    const feed = this.#feedOf(stored, readFrom);
    this.#former.push(feed);
    return feed;
  }

  /** Rows of this life wait until {@link letGo}. */
  hold(): void {
    this.#isHeld = true;
  }

  letGo(): void {
    this.#isHeld = false;
    this.run();
  }

  /** Passes on what is on disk, as far as there is room. */
  run(): void {
    this.#next?.run();
  }

  /** Appends nothing more. */
  end(error: Error): void {
    this.#former.forEach((feed) => feed.end(error));
    this.#live?.end(error);
  }

  /** Those of former lives whose sources have ended make room for another attempt. */
  dropEnded(): void {
    this.#parts.clock.soon(() => {
      this.#former.forEach((feed) => {
        if (feed.source?.isEnded === true && !feed.isEnded) {
          feed.end(new Error("its source has ended"));
        }
      });
      this.#former = this.#former.filter((feed) => !feed.isEnded);
      this.run();
    });
  }

  /** Why rows could not be read, since this was asked last. */
  takeDamage(): Error | undefined {
    const damage = this.#damage;
    this.#damage = undefined;
    return damage;
  }

  /** The feed whose turn it is. */
  get #next(): TableFeed<Row> | undefined {
    return this.#former[0] ?? (this.#isHeld ? undefined : this.#live);
  }

  #feedOf(stored: StoredRange, readFrom: (row: number) => FrameReader): TableFeed<Row> {
    const { convert, memory, queue } = this.#parts;
    const feed: TableFeed<Row> = new TableFeed<Row>(
      {
        queue,
        memory,
        convert,
        isNext: () => this.#next === feed,
        readFrom,
        onDrained: () => this.#onDrained(feed),
        onDamaged: (error) => this.#onDamaged(feed, error),
      },
      stored,
    );
    return feed;
  }

  #onDrained(feed: TableFeed<Row>): void {
    if (feed !== this.#live) {
      // They have waited long enough.
      this.#parts.queue.flush();
      this.#former = this.#former.filter((other) => other !== feed);
      this.run();
    }
  }

  #onDamaged(feed: TableFeed<Row>, error: Error): void {
    this.#damage ??= error;
    feed.source?.end(error);
    if (feed !== this.#live) {
      this.#parts.onFormerDamaged(error);
      this.#onDrained(feed);
    }
  }
}
