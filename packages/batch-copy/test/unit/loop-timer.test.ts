import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { LoopTimer } from "../../dist/copy/loop-timer.js";
import { block } from "../helpers/block.js";

function afterLoopTimer(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = new LoopTimer(ms, () => {
      timer.stop();
      resolve();
    });
  });
}

describe("a timer of the event loop", () => {
  it("fires once, after its time", async () => {
    const start = performance.now();
    let fired = 0;
    const timer = new LoopTimer(100, () => {
      fired++;
      assert.ok(performance.now() - start >= 99);
    });
    await sleep(300);
    timer.stop();
    assert.equal(fired, 1);
  });

  it("does not count the time in which the loop is blocked, in however many phases", async () => {
    let isFired = false;
    const timer = new LoopTimer(400, () => {
      isFired = true;
    });
    for (let phase = 0; phase < 4; phase++) {
      block(500);
      await sleep(1);
    }
    assert.equal(isFired, false);
    await sleep(500);
    assert.equal(isFired, true);
    timer.stop();
  });

  it("lets what has arrived be read before it fires", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [[peer]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
      [Socket],
      unknown,
    ];
    const order: string[] = [];
    client.on("data", () => order.push("data"));
    peer.write("answer");
    const fired = afterLoopTimer(10).then(() => order.push("timer"));
    block(50);
    await fired;
    assert.deepEqual(order, ["data", "timer"]);
    client.destroy();
    server.close();
  });

  it("starts again with the full time, also after it has fired", async () => {
    let fired = 0;
    const timer = new LoopTimer(60, () => fired++);
    for (let i = 0; i < 5; i++) {
      await sleep(30);
      timer.restart();
    }
    assert.equal(fired, 0);
    await sleep(150);
    assert.equal(fired, 1);
    timer.restart();
    await sleep(150);
    assert.equal(fired, 2);
  });

  it("never fires after it was stopped", async () => {
    let fired = 0;
    const timer = new LoopTimer(20, () => fired++);
    timer.stop();
    timer.restart();
    await sleep(60);
    assert.equal(fired, 0);
  });

  it("takes times beyond those of Node's timers, which would fire at once", async () => {
    let fired = 0;
    const timer = new LoopTimer(2 ** 31 + 1000, () => fired++);
    await sleep(20);
    timer.stop();
    assert.equal(fired, 0);
  });
});
