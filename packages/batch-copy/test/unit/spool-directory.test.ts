import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { AliveSocket } from "../../dist/spool/alive-socket.js";
import { hasCode } from "../../dist/spool/file-errors.js";
import { reasonOfType } from "../../dist/spool/file-system.js";
import { nodeDisk } from "../../dist/spool/node-disk.js";
import { bySymlink, withShortPath } from "../../dist/spool/short-path.js";
import type { DeadStream } from "../../dist/spool/spool-directory.js";
import { sweep } from "../../dist/spool/sweep.js";
import { eventually } from "../helpers/eventually.js";
import { FakeClock } from "../helpers/fake-clock.js";
import type { LifeReply } from "../helpers/spool/life-orders.js";
import { LifeScene, writerOf } from "../helpers/spool/life-scene.js";

const CLUSTER = fileURLToPath(new URL("../helpers/spool/cluster-program.js", import.meta.url));

describe("a directory of the spool", () => {
  it("is made, with all directories above it", async () => {
    await using scene = await LifeScene.create("one/two/three");
    await scene.open();
    assert.deepEqual(await scene.names(), []);
  });

  it("is refused by name if it is a file, or below one", async () => {
    await using scene = await LifeScene.create();
    await writeFile(scene.path, "");
    await assert.rejects(scene.open(), {
      code: "SPOOL_FAILED",
      message: `cannot use the spool directory ${scene.path}: it is not a directory`,
    });
    await using below = await LifeScene.create("file/spool");
    await writeFile(join(below.path, ".."), "");
    await assert.rejects(below.open(), { code: "SPOOL_FAILED", message: /ENOTDIR/ });
  });

  const isRoot = process.getuid?.() === 0;
  it("is refused if it cannot be written to", { skip: isRoot && "root may" }, async () => {
    await using scene = await LifeScene.create();
    await mkdir(scene.path);
    await chmod(scene.path, 0o500);
    await assert.rejects(scene.open(), { code: "SPOOL_FAILED", message: /EACCES/ });
  });

  it("is empty again when its streams have ended", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const streams = await Promise.all([directory.begin(), directory.begin()]);
    assert.deepEqual(
      (await scene.names()).toSorted(),
      streams.map(({ id, owner }) => `${id}.${owner}`).toSorted(),
    );
    await Promise.all(streams.map((stream) => stream.end()));
    assert.deepEqual(await scene.names(), []);
    assert.deepEqual(scene.warnings, []);
  });

  it("leaves alone what it does not know", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    await mkdir(join(scene.path, "lost+found"));
    await mkdir(join(scene.path, ".done-with-it"));
    await writeFile(join(scene.path, "notes"), "");
    await using looks = new Looks(scene);
    await looks.begin();
    assert.deepEqual(await directory.dead(), []);
    assert.deepEqual(looks.stuck, []);
    assert.deepEqual((await scene.names()).toSorted(), [".done-with-it", "lost+found", "notes"]);
  });

  it("is swept of what killed processes were setting up or taking down", async () => {
    await using scene = await LifeScene.create();
    const life = await scene.start();
    const directory = await scene.open();
    const [dead, alive] = [await life.begin(), await directory.begin()];
    const name = (await scene.names()).find((one) => one.startsWith(dead));
    await life.kill();
    await rename(join(scene.path, name!), join(scene.path, `.new-${dead}`));
    await cp(join(scene.path, `.new-${dead}`), join(scene.path, `.done-${dead}`), {
      recursive: true,
      filter: (path) => !path.includes("alive-"),
    });
    await writeFile(join(scene.path, `.done-${dead}`, "segment-0000000001"), "");
    await mkdir(join(scene.path, `.new-${alive.owner}`));
    const setUp = join(scene.path, `.new-${alive.id}`);
    await rename(alive.directory, setUp);
    await using looks = new Looks(scene);
    await looks.begin();
    assert.deepEqual(await scene.names(), [`.new-${alive.id}`]);
    assert.deepEqual(looks.stuck, []);
  });
});

describe("a life", () => {
  it("begins another time if another process sweeps away what it sets up", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const place = { disk: nodeDisk, directory: scene.path, remote: undefined, forget: undefined };
    const over = new AbortController();
    const sweeping = (async () => {
      while (!over.signal.aborted) {
        await sweep(place);
      }
    })();
    const errors: unknown[] = [];
    for (let life = 0; life < 200; life++) {
      await directory.begin().then(
        (stream) => stream.end(),
        (error: unknown) => errors.push(error),
      );
    }
    over.abort();
    await sweeping;
    // It may be swept away again and again.
    assert.deepEqual(
      errors.filter((error) => !hasCode(error, "ENOENT")),
      [],
    );
  });

  it("is not found dead while its process lives, though it is stopped", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const life = await scene.start();
    const id = await life.begin();
    assert.deepEqual(await directory.dead(), []);
    life.signal("SIGSTOP");
    for (let look = 0; look < 20; look++) {
      assert.deepEqual(await directory.dead(), []);
    }
    await life.kill();
    assert.deepEqual(idsOf(await directory.dead()), [id]);
  });

  it("does not keep its process alive, and neither does watching", async () => {
    await using scene = await LifeScene.create();
    const life = await scene.start();
    await life.begin();
    life.rest();
    await eventually(() => life.hasExited, "the process has ended");
  });

  it("has its own place in each process of a cluster", async () => {
    await using scene = await LifeScene.create();
    const primary: ChildProcess = fork(CLUSTER, [scene.path]);
    try {
      const [{ ids }] = (await once(primary, "message")) as [LifeReply];
      const directory = await scene.open();
      assert.deepEqual(await directory.dead(), []);
      primary.send({});
      await once(primary, "message");
      assert.deepEqual(idsOf(await directory.dead()), ids);
    } finally {
      primary.kill("SIGKILL");
    }
  });

  it("is seen in directories with the longest paths", async () => {
    await using scene = await LifeScene.create(join("d".repeat(255), "e".repeat(255), "spool"));
    const directory = await scene.open();
    const life = await scene.start();
    const id = await life.begin();
    assert.deepEqual(await directory.dead(), []);
    await life.kill();
    const [dead] = await directory.dead();
    const adopted = await directory.adopt(dead!);
    assert.equal(adopted?.id, id);
    assert.deepEqual(scene.warnings, []);
  });

  it("is seen by a symbolic link where descriptors have no paths", async () => {
    await using scene = await LifeScene.create("d".repeat(200));
    await scene.open();
    const server = createServer((connection) => void connection.destroy());
    await withShortPath(
      scene.path,
      async (path) => {
        assert.ok(Buffer.byteLength(path) < 50);
        await once(server.listen(join(path, "socket")), "listening");
        const connection = connect(join(path, "socket"));
        await once(connection, "connect");
        connection.destroy();
      },
      bySymlink,
    );
    assert.deepEqual(await scene.names(), ["socket"]);
    server.close();
    await once(server, "close");
    await assert.rejects(
      withShortPath(join(scene.path, "none"), () => Promise.resolve(), bySymlink),
      { code: "ENOENT" },
    );
  });

  it("without a socket is not adopted, and warns of that", async (context) => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    context.mock.method(AliveSocket, "open", () =>
      Promise.reject(Object.assign(new Error("ENOTSUP: no sockets"), { code: "ENOTSUP" })),
    );
    const stream = await directory.begin();
    assert.match(scene.warnings.join(), /there can be no socket in .*: ENOTSUP: no sockets/);
    assert.ok(stream.isOurs());
    assert.deepEqual(await directory.dead(), []);
    await using looks = new Looks(scene);
    await looks.begin();
    assert.deepEqual(looks.stuck, [
      [stream.directory, "it has no socket that could tell whether its process lives"],
    ]);
    assert.equal(await directory.adopt(stream), undefined);
    await stream.leave();
    assert.deepEqual(idsOf(await directory.dead()), [stream.id]);
  });
});

describe("a dead stream", () => {
  it("is adopted once, though two processes race for ten of them", async () => {
    await using scene = await LifeScene.create();
    const former = await scene.start();
    for (let stream = 0; stream < 10; stream++) {
      await former.begin();
    }
    await former.kill();
    const streams = await (await scene.open()).dead();
    assert.equal(streams.length, 10);
    const lives = await Promise.all([scene.start(), scene.start()]);
    // In opposite orders, so that each is the first somewhere.
    const orders = [streams, streams.toReversed()];
    const adopted = await Promise.all(
      lives.map((life, i) => life.tell({ do: "adopt", streams: orders[i]! })),
    );
    assert.deepEqual(adopted.flat().toSorted(), idsOf(streams).toSorted());
    const owned = await Promise.all(lives.map((life) => life.tell({ do: "ours" })));
    assert.deepEqual(
      owned.map((ids) => ids.toSorted()),
      adopted.map((ids) => ids.toSorted()),
    );
    assert.deepEqual(await (await scene.open()).dead(), []);
  });

  it("is no longer that of an owner who was taken for dead", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const stream = await directory.begin();
    await rm(join(stream.directory, `alive-${stream.owner}`));
    await writeFile(join(stream.directory, `free-${stream.owner}`), "");
    assert.ok(stream.isOurs());
    const adopted = await directory.adopt(stream);
    assert.equal(adopted?.id, stream.id);
    assert.ok(adopted?.isOurs());
    assert.ok(!stream.isOurs());
    await assert.rejects(stream.end(), { code: "ENOENT" });
    assert.deepEqual(await readdir(adopted.directory), [`alive-${adopted.owner}`]);
    await adopted.end();
    assert.deepEqual(await scene.names(), []);
  });

  it("that lives after all is not adopted", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const life = await scene.start();
    await life.begin();
    const [name] = await scene.names();
    const [id, owner] = name!.split(".");
    assert.equal(await directory.adopt({ id: id!, owner: owner! }), undefined);
    assert.equal((await life.tell({ do: "ours" })).length, 1);
  });

  it("comes after those that began before it", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const [empty, first, second] = [
      await directory.begin(),
      await directory.begin(),
      await directory.begin(),
    ];
    await (await writerOf(first)).close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await (await writerOf(second)).close();
    for (const stream of [second, empty, first]) {
      await stream.leave();
    }
    await utimes(empty.directory, 1, 1);
    assert.deepEqual(idsOf(await directory.dead()), [empty.id, first.id, second.id]);
  });

  it("is what a copy of a directory has", async () => {
    await using scene = await LifeScene.create();
    await using copy = await LifeScene.create();
    const directory = await scene.open();
    const stream = await directory.begin();
    await mkdir(copy.path);
    execFileSync("cp", ["-a", `${scene.path}/.`, copy.path]);
    assert.deepEqual(await directory.dead(), []);
    assert.deepEqual(idsOf(await (await copy.open()).dead()), [stream.id]);
  });

  it("that its owner left because of damage is stuck, with the reason", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const stream = await directory.begin();
    await stream.leave("segment-0000000001 is damaged");
    await using looks = new Looks(scene);
    await looks.begin();
    assert.deepEqual(looks.stuck, [[stream.directory, "segment-0000000001 is damaged"]]);
    assert.deepEqual(looks.dead, []);
    assert.equal(await directory.adopt(stream), undefined);
  });

  it("is found at the start and every ten seconds, until the watch ends", async () => {
    await using scene = await LifeScene.create();
    const life = await scene.start();
    const id = await life.begin();
    await using looks = new Looks(scene);
    await looks.begin();
    assert.deepEqual(looks.dead, []);
    await life.kill();
    looks.clock.pass(9999);
    assert.deepEqual(looks.dead, []);
    looks.clock.pass(1);
    await looks.another();
    assert.deepEqual(idsOf(looks.dead), [id]);
    looks.end();
    assert.equal(looks.clock.timers, 0);
  });

  it("is not looked for in silence when the directory is gone", async () => {
    await using scene = await LifeScene.create();
    await using looks = new Looks(scene);
    await looks.begin();
    await rm(scene.path, { recursive: true });
    looks.clock.pass(10_000);
    await looks.another();
    assert.equal(looks.stuck[0]?.[0], scene.path);
    assert.match(looks.stuck[0]?.[1] ?? "", /ENOENT/);
    await mkdir(scene.path);
  });
});

describe("a file system", () => {
  it("that other machines may share says nothing about the dead", () => {
    for (const shared of [
      0x6969, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x00c36400, 0x0bd00bd0,
    ]) {
      assert.match(reasonOfType(shared) ?? "", new RegExp(`0x${shared.toString(16)}`));
    }
    assert.equal(reasonOfType(0xef53), undefined);
    assert.equal(reasonOfType(0x9123683e), undefined);
    assert.equal(reasonOfType(-0x6edc97c2), undefined, "Btrfs as a signed number");
  });
});

function idsOf(streams: readonly { readonly id: string }[]): readonly string[] {
  return streams.map(({ id }) => id);
}

/** What a watch of a directory tells. */
class Looks {
  readonly clock = new FakeClock();
  readonly dead: DeadStream[] = [];
  readonly stuck: (readonly [path: string, reason: string])[] = [];
  readonly #scene: LifeScene;
  end: () => void = () => {};

  constructor(scene: LifeScene) {
    this.#scene = scene;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  /** Resolves after the first look. */
  async begin(): Promise<void> {
    const directory = await this.#scene.open((...args) => this.clock.after(...args));
    this.end = directory.watch({
      onDead: (stream) => this.dead.push(stream),
      onStuck: (path, reason) => this.stuck.push([path, reason]),
    });
    await this.another();
  }

  /** Resolves after the look that is going on. */
  another(): Promise<void> {
    return eventually(() => this.clock.timers === 1, "the look is over");
  }
}
