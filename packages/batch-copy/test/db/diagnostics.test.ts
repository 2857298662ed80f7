import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, it } from "node:test";

import type { CommitMessage, RejectMessage, RetryMessage } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

/** What one table's channel says while `work` runs. */
async function listen<Message extends { readonly table: string }>(
  channel: string,
  name: string,
  work: () => Promise<unknown>,
): Promise<Message[]> {
  const messages: Message[] = [];
  const onMessage = (message: unknown): void => {
    if ((message as Message).table === `"${db.schema}"."${name}"`) {
      messages.push(message as Message);
    }
  };
  subscribe(channel, onMessage);
  try {
    await work();
  } finally {
    unsubscribe(channel, onMessage);
  }
  return messages;
}

describe("the diagnostics channels", () => {
  it("tell of a commit, with what it took", async () => {
    const { name, copier } = await db.openCopier();
    const [message, ...more] = await listen<CommitMessage>("batch-copy:commit", name, async () => {
      await copier.sendMany([numberedRow(0), numberedRow(1)]);
      await copier.flush();
    });
    assert.deepEqual(more, []);
    assert.ok(message !== undefined && message.durationMs > 0 && message.bytes > 20);
    const { rows, attempt, rowsCommitted, isLocalOnly } = message;
    assert.deepEqual([rows, attempt, rowsCommitted, isLocalOnly], [2, 1, 2, false]);
    await copier.close();
  });

  it("tell of refused rows, and of the others' commits", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id <> 1)`);
    const send = async (): Promise<void> => {
      await copier.sendMany([numberedRow(0), numberedRow(1), numberedRow(2)]);
      await copier.flush().catch(() => {});
    };
    const commits: CommitMessage[] = [];
    const rejections = await listen<RejectMessage>("batch-copy:reject", name, async () => {
      commits.push(...(await listen<CommitMessage>("batch-copy:commit", name, send)));
    });
    assert.deepEqual(
      rejections.map(({ rows, error }) => [rows, (error as { code?: string }).code]),
      [[1, "23514"]],
    );
    assert.deepEqual(
      commits.map(({ rows }) => rows),
      [1, 1],
    );
    await copier.close();
  });

  it("tell of each retry: why, how often, and when it goes on", async () => {
    const { name, copier } = await db.openCopier({
      retry: { minDelayMs: 1, maxDelayMs: 4, timeoutMs: 100 },
    });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} RENAME TO ${name}_away`);
    const retries = await listen<RetryMessage>("batch-copy:retry", name, async () => {
      await assert.rejects(copier.insert(numberedRow(0)), { code: "UNDELIVERED" });
    });
    assert.ok(retries.length >= 2);
    assert.equal(copier.stats.retries, retries.length);
    for (const [index, { attempt, delayMs, isHeld, error }] of retries.entries()) {
      assert.deepEqual([attempt, isHeld], [index + 1, true]);
      assert.ok(delayMs <= 4);
      assert.match(error.message, /it does not exist/);
    }
    await copier.close();
  });
});
