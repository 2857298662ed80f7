// Checked by the compiler: each line below @ts-expect-error must not compile.
import type { Copier, CopierGroup, GroupSource } from "../../dist/index.js";

interface Order {
  readonly id: number;
}

interface Line {
  readonly order: number;
  readonly item: string;
}

export async function calls(
  group: CopierGroup,
  orders: Copier<Order>,
  lines: Copier<Line>,
  read: readonly Line[],
): Promise<GroupSource> {
  const source: GroupSource = await group.source("shop/7", { start: 0n });
  const order: Order = { id: 1 };
  const line: Line = { order: 1, item: "x" };
  await source.send(orders, order, 1);
  await source.send(lines, line, 2n, { signal: AbortSignal.timeout(1) });
  await source.send(lines, line, 2n, { invalid: "dead-letter" });
  // @ts-expect-error a row of the other table
  await source.send(orders, line, 3);
  // @ts-expect-error a row of no table
  await source.send(orders, { id: "x" }, 3);
  await source.sendMany([], 3);
  await source.sendMany([[orders, order]], 4);
  await source.sendMany(
    [
      [orders, order],
      [lines, line],
    ],
    5,
  );
  await source.sendMany([[orders, order], ...read.map((row) => [lines, row] as const)], 6);
  await source.sendMany(
    read.map((row) => [lines, row] as const),
    7,
  );
  await source.sendMany(new Set([[lines, line] as const]), 8);
  // @ts-expect-error a row of the other table
  await source.sendMany([[lines, order]], 9);
  await source.sendMany(
    // @ts-expect-error each a row of the other table
    [
      [orders, line],
      [lines, order],
    ],
    10,
  );
  // @ts-expect-error no pairs
  await source.sendMany([order], 11);
  // @ts-expect-error a position is no string
  await source.send(orders, order, "12");
  // @ts-expect-error it is read only
  source.position = 1n;
  return source;
}
