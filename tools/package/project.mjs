// @ts-check

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const USERS = join(import.meta.dirname, "users");

/** A project of a user: the programs in users/, and a node_modules folder for them. */
export class Project {
  /** @param {string} folder an empty one */
  constructor(folder) {
    this.folder = folder;
    cpSync(USERS, folder, { recursive: true });
    this.write("package.json", `{ "name": "user", "private": true }\n`);
    this.write("jest/package.json", `{ "name": "jest-defaults", "private": true }\n`);
    this.write("esm/package.json", `{ "name": "esm", "private": true, "type": "module" }\n`);
    cpSync(join(USERS, "types", "names.ts"), join(folder, "esm", "names.ts"));
  }

  /** @param {string[]} specifications */
  install(specifications) {
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    this.run("npm", "install", ...quiet, ...specifications);
  }

  /** @param {string} path @param {string} content */
  write(path, content) {
    mkdirSync(join(this.folder, path, ".."), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** @param {string} path in node_modules */
  installed(path) {
    return join(this.folder, "node_modules", path);
  }

  /**
   * Runs a command in the project's folder. If it fails, throws with its output.
   * @param {string} command
   * @param {string[]} args
   * @returns {string} its stdout
   */
  run(command, ...args) {
    return this.runIn(".", command, ...args);
  }

  /**
   * @param {string} subfolder
   * @param {string} command
   * @param {string[]} args
   */
  runIn(subfolder, command, ...args) {
    const { error, status, stdout, stderr } = spawnSync(command, args, {
      cwd: join(this.folder, subfolder),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 300_000,
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
    return stdout;
  }
}
