// A process with a life in a directory: it does what its parent, or the primary of its cluster, tells it.
import type { LivingStream } from "../../../dist/spool/living-stream.js";
import { nodeDisk } from "../../../dist/spool/node-disk.js";
import { SpoolDirectory } from "../../../dist/spool/spool-directory.js";
import { unrefTimer } from "../../../dist/timers.js";
import type { LifeOrder, LifeReply } from "./life-orders.js";

const [path] = process.argv.slice(2);
const directory = await SpoolDirectory.open(path!, {
  disk: nodeDisk,
  after: unrefTimer,
  warn: (message) => process.emitWarning(message),
});
const streams: LivingStream[] = [];

process.on("message", (order: LifeOrder) => void obey(order).then(reply));
reply({ ids: [] });

async function obey(order: LifeOrder): Promise<LifeReply> {
  switch (order.do) {
    case "begin":
      streams.push(await directory.begin());
      return { ids: [streams.at(-1)!.id] };
    case "adopt": {
      const adopted = await Promise.all(order.streams.map((stream) => directory.adopt(stream)));
      streams.push(...adopted.filter((stream) => stream !== undefined));
      return { ids: adopted.flatMap((stream) => stream?.id ?? []) };
    }
    case "ours":
      return { ids: streams.filter((stream) => stream.isOurs()).map(({ id }) => id) };
    case "rest":
      directory.watch({ onDead: () => {}, onStuck: () => {} });
      process.disconnect();
      return { ids: [] };
  }
}

function reply(answer: LifeReply): void {
  if (process.connected) {
    process.send!(answer);
  }
}
