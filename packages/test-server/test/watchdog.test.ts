import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline/promises";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { remaining } from "./helpers/remaining.js";

interface Started {
  readonly dataDir: string;
  readonly pid: number;
}

/** Starts servers in a process of their own, which prints where they are and then dies. */
async function startAndDie(program: string): Promise<Started[]> {
  const index = new URL("../dist/index.js", import.meta.url).href;
  const source = `
    import { startServer } from ${JSON.stringify(index)};
    const server = await startServer();
    ${program}
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  child.kill("SIGKILL");
  await once(child, "exit");
  return JSON.parse(line) as Started[];
}

async function assertNothingIsLeft(servers: readonly Started[]): Promise<void> {
  const folders = servers.map(({ dataDir }) => dirname(dataDir));
  const end = Date.now() + 10_000;
  while (folders.some(existsSync) && Date.now() < end) await sleep(20);
  assert.deepEqual(folders.filter(existsSync), []);
  assert.deepEqual(await remaining(servers.map(({ pid }) => pid)), []);
}

describe("when the process that started a server is killed, nothing is left of", () => {
  it("a server that was restarted", async () => {
    const servers = await startAndDie(`
      const first = server.pid;
      await server.restart("kill");
      if (server.pid === first) throw new Error("not restarted");
      console.log(JSON.stringify([{ dataDir: server.dataDir, pid: server.pid }]));`);
    assert.equal(servers.length, 1);
    await assertNothingIsLeft(servers);
  });

  it("a primary and its standby", async () => {
    const servers = await startAndDie(`
      const standby = await server.startStandby();
      const all = [server, standby];
      console.log(JSON.stringify(all.map(({ dataDir, pid }) => ({ dataDir, pid }))));`);
    assert.equal(servers.length, 2);
    await assertNothingIsLeft(servers);
  });
});
