/**
 * Finds a cycle of a directed graph.
 *
 * @param edges for each node, where it leads to
 * @returns the nodes of the cycle, the first one also as the last one
 */
export function findCycle(edges: readonly Int32Array[]): number[] | undefined {
  const onCycles = withoutEnds(edges);
  const first = onCycles.indexOf(1);
  if (first < 0) {
    return undefined;
  }
  const path: number[] = [];
  let node = first;
  // Each node that is left leads to another one that is.
  while (!path.includes(node)) {
    path.push(node);
    node = edges[node]!.find((next) => onCycles[next] === 1)!;
  }
  return [...path.slice(path.indexOf(node)), node];
}

/** Takes away nodes that lead nowhere until none is left: 1 for those that lead into a cycle. */
function withoutEnds(edges: readonly Int32Array[]): Uint8Array {
  const comingFrom: number[][] = edges.map(() => []);
  const leadsTo = edges.map((next, node) => {
    next.forEach((to) => comingFrom[to]!.push(node));
    return next.length;
  });
  const isLeft = new Uint8Array(edges.length).fill(1);
  const ends = leadsTo.flatMap((count, node) => (count === 0 ? [node] : []));
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    isLeft[end] = 0;
    for (const from of comingFrom[end]!) {
      leadsTo[from]!--;
      if (leadsTo[from] === 0) {
        ends.push(from);
      }
    }
  }
  return isLeft;
}
