/** From node to node by arrow keys: which one lies nearest in a direction. */

import { type Graph, nodesById, positionOf } from "../canvas/graph";

const WAYS: Record<string, [x: number, y: number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The id of the nearest node that way; without a start the topmost. Null: there is none. */
export function neighbour(graph: Graph, from: string | undefined, key: string): string | null {
  const way = WAYS[key];
  const places = [...nodesById(graph)].map(([id, node]) => ({ id, at: positionOf(node) ?? { x: 0, y: 0 } }));
  const start = places.find(({ id }) => id === from);
  if (!way) return null;
  if (!start) return places.sort((a, b) => a.at.y - b.at.y || a.at.x - b.at.x)[0]?.id ?? null;
  let best: { id: string; cost: number } | null = null;
  for (const { id, at } of places) {
    if (id === from) continue;
    const [dx, dy] = [at.x - start.at.x, at.y - start.at.y];
    const along = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (along <= 0) continue;
    const cost = along + 2 * aside;
    if (!best || cost < best.cost) best = { id, cost };
  }
  return best?.id ?? null;
}
