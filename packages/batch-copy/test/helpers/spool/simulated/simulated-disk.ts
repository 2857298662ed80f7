import type { Disk, DiskFile } from "../../../../dist/spool/disk.js";
import type { Machine } from "./machine.js";
import type { ProcessLife } from "./process-life.js";
import { SimulatedDirectory } from "./simulated-directory.js";
import { SimulatedDiskFile } from "./simulated-disk-file.js";
import type { Stepper } from "./stepper.js";
import { systemError } from "./system-error.js";

/**
 * The disk of a machine, as one of its processes uses it. Each call is a step of the history. Its methods are
 * properties, so that it can be spread.
 */
export class SimulatedDisk implements Disk {
  readonly #machine: Machine;
  readonly #stepper: Stepper;
  readonly #life: ProcessLife;

  constructor(machine: Machine, stepper: Stepper, life: ProcessLife) {
    this.#machine = machine;
    this.#stepper = stepper;
    this.#life = life;
  }

  readonly create = (path: string): Promise<DiskFile> => {
    return this.#step(`create ${path}`, () => {
      const { parent, name } = this.#vacant(path, "open");
      if (this.#machine.room === 0) {
        throw systemError("ENOSPC", "open", path);
      }
      const file = this.#machine.newFile();
      parent.link(name, file);
      return this.#handle(path);
    });
  };

  readonly open = (path: string): Promise<DiskFile> => {
    return this.#step(`open ${path}`, () => this.#handle(path));
  };

  readonly makeDirectory = (path: string): Promise<void> => {
    return this.#step(`mkdir ${path}`, () => {
      const { parent, name } = this.#vacant(path, "mkdir");
      parent.link(name, new SimulatedDirectory());
    });
  };

  readonly list = (path: string): Promise<string[]> => {
    return this.#step(`list ${path}`, () => this.#machine.directory(path, "scandir").names);
  };

  readonly rename = (from: string, to: string): Promise<void> => {
    return this.#step(`rename ${from} to ${to}`, () => {
      const { parent, name } = this.#machine.place(from, "rename");
      const target = this.#machine.place(to, "rename");
      if (target.parent !== parent) {
        throw new Error(`${from} and ${to} are in different directories`);
      }
      if (parent.get(name) === undefined) {
        throw systemError("ENOENT", "rename", from);
      }
      const there = parent.get(target.name);
      if (there instanceof SimulatedDirectory && there.names.length > 0) {
        throw systemError("ENOTEMPTY", "rename", to);
      }
      parent.rename(name, target.name);
    });
  };

  readonly remove = (path: string): Promise<void> => {
    return this.#step(`remove ${path}`, () => {
      this.#machine.file(path, "unlink");
      const { parent, name } = this.#machine.place(path, "unlink");
      parent.unlink(name);
    });
  };

  readonly removeDirectory = (path: string): Promise<void> => {
    return this.#step(`rmdir ${path}`, () => {
      if (this.#machine.directory(path, "rmdir").names.length > 0) {
        throw systemError("ENOTEMPTY", "rmdir", path);
      }
      const { parent, name } = this.#machine.place(path, "rmdir");
      parent.unlink(name);
    });
  };

  readonly syncDirectory = (path: string): Promise<void> => {
    return this.#step(`sync directory ${path}`, () => {
      const directory = this.#machine.directory(path, "fsync");
      if (this.#machine.random.percent(this.#machine.faults.failedDirectorySyncs)) {
        throw systemError("EIO", "fsync", path);
      }
      directory.sync();
    });
  };

  readonly exists = (path: string): boolean => {
    return this.#machine.find(path) !== undefined;
  };

  #step<Result>(what: string, act: () => Result): Promise<Result> {
    return this.#stepper.step(this.#life, what, act);
  }

  #handle(path: string): DiskFile {
    const file = this.#machine.file(path, "open");
    return new SimulatedDiskFile(file, path, {
      machine: this.#machine,
      stepper: this.#stepper,
      life: this.#life,
    });
  }

  #vacant(path: string, call: string): { parent: SimulatedDirectory; name: string } {
    const place = this.#machine.place(path, call);
    if (place.parent.get(place.name) !== undefined) {
      throw systemError("EEXIST", call, path);
    }
    return place;
  }
}
