// A process that sends rows over a spool: it does what its parent, or the primary of its cluster, tells it.
import { Copier, CopierGroup, type CopierGroupOptions } from "../../../dist/index.js";
import type { AnyRow } from "../source-scene.js";
import type { SenderConfig, SenderOrder, SenderReply } from "./sender-orders.js";

const [config] = process.argv.slice(2);
const { table, options }: SenderConfig = JSON.parse(config!);
const { deadLetters } = options;
const all = { ...options, ...(deadLetters === undefined ? { onReject: () => {} } : {}) };
const sender = await (table === undefined
  ? CopierGroup.connect(all as CopierGroupOptions)
  : Copier.connect<AnyRow>(table, all));

process.on("message", (order: SenderOrder) => {
  const { number } = order;
  if (order.do === "close") {
    // If it fails, so does the process.
    void sender.close({ timeoutMs: order.timeoutMs }).then(() => process.disconnect());
  } else {
    send(order.rows, order.to).then(
      () => reply({ number }),
      (error: unknown) => reply({ number, error: String(error) }),
    );
  }
});
reply({ number: 0 });

async function send(rows: readonly AnyRow[], to: string | undefined): Promise<void> {
  const copier = sender instanceof CopierGroup ? await sender.copier<AnyRow>(to!) : sender;
  await copier.sendMany(rows);
}

function reply(answer: SenderReply): void {
  if (process.connected) {
    process.send!(answer);
  }
}
