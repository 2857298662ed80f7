import type { SeededRandom } from "../../fault/seeded-random.js";

/** How the bytes of a file that were not synced survive a power cut: in units of so many bytes. */
export interface Tearing {
  readonly unit: number;
}

/**
 * What a file has on the disk, and what the cache has of it. What was not synced may reach the disk in
 * any part and order: of each unit either what was there, or what was written, or zeros where
 * nothing was before; and any size that the file has had since.
 */
export class SimulatedFile {
  readonly #unit: number;
  #cached: Buffer = Buffer.alloc(0);
  #durable: Buffer = Buffer.alloc(0);
  #size = 0;
  #durableSize = 0;
  readonly #dirty = new Set<number>();
  /** Units that the cache has marked as clean after a failed sync, though the disk has others. */
  readonly #falselyClean = new Set<number>();
  /** Sizes since the last sync. */
  #sizes: number[] = [];
  /** To where the file was cut since the last sync. */
  #cutTo = Infinity;

  constructor({ unit }: Tearing) {
    this.#unit = unit;
  }

  /** In the cache: what processes see. */
  get size(): number {
    return this.#size;
  }

  /** What a process reads there. */
  read(buffer: Buffer, position: number): number {
    return position < this.#size ? this.#cached.copy(buffer, 0, position, this.#size) : 0;
  }

  write(bytes: Buffer, position: number): void {
    if (bytes.length === 0) {
      return;
    }
    const end = position + bytes.length;
    this.#reserve(end);
    bytes.copy(this.#cached, position);
    this.#eachUnit(position, end, (unit) => {
      this.#dirty.add(unit);
      this.#falselyClean.delete(unit);
    });
    if (end > this.#size) {
      this.#resize(end);
    }
  }

  truncate(bytes: number): void {
    this.#reserve(bytes);
    if (bytes < this.#size) {
      this.#cached.fill(0, bytes);
      this.#cutTo = Math.min(this.#cutTo, bytes);
    }
    this.#resize(bytes);
  }

  /** Afterwards the disk has what the cache has, except for what is falsely clean. */
  sync(): void {
    this.#applyCut();
    for (const unit of this.#dirty) {
      this.#copyUnit(this.#cached, this.#durable, unit);
    }
    this.#dirty.clear();
    this.#durableSize = this.#size;
    this.#sizes = [];
  }

  /**
   * What Linux does if dirty pages cannot be written: an error once, and the pages are clean from then
   * on. They keep what was written, or lose it, as the file system has it.
   */
  failSync(random: SeededRandom): void {
    const isDropped = random.percent(50);
    this.#tear(random);
    for (const unit of this.#dirty) {
      if (isDropped) {
        this.#copyUnit(this.#durable, this.#cached, unit);
      } else {
        this.#falselyClean.add(unit);
      }
    }
    this.#dirty.clear();
  }

  /** The cache forgets what it takes for clean, and reads it again. */
  evict(): void {
    for (const unit of this.#falselyClean) {
      this.#copyUnit(this.#durable, this.#cached, unit);
    }
    this.#falselyClean.clear();
  }

  /** Writes some of what is dirty, unasked. */
  writeBack(random: SeededRandom): void {
    for (const unit of this.#dirty) {
      if (random.percent(50)) {
        this.#copyUnit(this.#cached, this.#durable, unit);
      }
    }
    this.#durableSize = random.pick([this.#durableSize, this.#durableSize, ...this.#sizes]);
  }

  /** The power is cut: the disk has what it has. */
  loseCache(random: SeededRandom): void {
    this.#tear(random);
    this.#durable.fill(0, this.#durableSize);
    this.#cached = Buffer.from(this.#durable);
    this.#size = this.#durableSize;
    this.#dirty.clear();
    this.#falselyClean.clear();
    this.#sizes = [];
    this.#cutTo = Infinity;
  }

  /** Changes a bit of what is on the disk, and in the cache. */
  flip(bit: number): void {
    const byte = Math.floor(bit / 8);
    const mask = 1 << (bit % 8);
    this.#durable.writeUInt8(this.#durable.readUInt8(byte) ^ mask, byte);
    this.#cached.writeUInt8(this.#cached.readUInt8(byte) ^ mask, byte);
  }

  #tear(random: SeededRandom): void {
    const written = this.#durableSize;
    if (random.percent(50)) {
      this.#applyCut();
    }
    for (const unit of this.#dirty) {
      const fate = random.below(unit * this.#unit >= written ? 3 : 2);
      if (fate === 1) {
        this.#copyUnit(this.#cached, this.#durable, unit);
      } else if (fate === 2) {
        this.#durable.fill(0, unit * this.#unit, (unit + 1) * this.#unit);
      }
    }
    this.#durableSize = random.pick([this.#durableSize, this.#size, ...this.#sizes]);
  }

  #applyCut(): void {
    if (this.#cutTo < this.#durable.length) {
      this.#durable.fill(0, this.#cutTo);
      this.#durableSize = Math.min(this.#durableSize, this.#cutTo);
    }
    this.#cutTo = Infinity;
  }

  #copyUnit(from: Buffer, to: Buffer, unit: number): void {
    from.copy(to, unit * this.#unit, unit * this.#unit, (unit + 1) * this.#unit);
  }

  #eachUnit(from: number, to: number, use: (unit: number) => void): void {
    for (let unit = Math.floor(from / this.#unit); unit * this.#unit < to; unit++) {
      use(unit);
    }
  }

  #resize(bytes: number): void {
    this.#size = bytes;
    this.#sizes.push(bytes);
  }

  #reserve(bytes: number): void {
    const units = Math.ceil(bytes / this.#unit) * this.#unit;
    if (units > this.#cached.length) {
      const capacity = Math.max(units, this.#cached.length * 2);
      this.#cached = grown(this.#cached, capacity);
      this.#durable = grown(this.#durable, capacity);
    }
  }
}

function grown(bytes: Buffer, capacity: number): Buffer {
  const larger = Buffer.alloc(capacity);
  bytes.copy(larger);
  return larger;
}
