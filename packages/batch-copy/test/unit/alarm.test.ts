import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";

import { Alarm } from "../../dist/delivery/alarm.js";
import { FakeClock } from "../helpers/fake-clock.js";

describe("the alarm", () => {
  it("sounds once a minute for each kind of trouble, whatever its message says", async () => {
    const heard: string[] = [];
    const listen = ({ message }: Error): void => void heard.push(message);
    process.on("warning", listen);
    const clock = new FakeClock();
    const alarm = new Alarm(clock);
    alarm.sound("57014", "3 times");
    alarm.sound("57014", "4 times");
    alarm.sound("42P01", "no table");
    alarm.sound("57014", "5 times");
    clock.pass(59_999);
    alarm.sound("57014", "6 times");
    clock.pass(1);
    alarm.sound("57014", "7 times");
    const last = once(process, "warning");
    process.emitWarning("last");
    await last;
    process.off("warning", listen);
    assert.deepEqual(
      heard.filter((message) => message !== "last"),
      ["3 times", "no table", "7 times"],
    );
  });
});
