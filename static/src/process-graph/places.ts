/** Where phases stand: where their author put them, and by layers from top to bottom where nobody did. */

import { graphlib, layout } from "@dagrejs/dagre";
import type { Position } from "../canvas/graph";
import type { Graph } from "./model";

export const WIDTH = 236;
export const HEIGHT = 84;
const GAP = 28;

export type Placed = ReadonlyMap<string, Position>;

/** Whether every phase has a place of its own that is stored. */
export function isArranged({ phases }: Graph): boolean {
  const spots = phases.flatMap(({ place }) => (place ? [`${place.x} ${place.y}`] : []));
  return new Set(spots).size === phases.length;
}

/** A place for every phase. Where all places are missing or some coincide, nobody arranged it. */
export function placesOf(graph: Graph): Placed {
  const given = new Map(graph.phases.flatMap(({ id, place }) => (place ? [[id, place] as const] : [])));
  const distinct = new Set([...given.values()].map(({ x, y }) => `${x} ${y}`));
  if (given.size === 0 || distinct.size < given.size) return arranged(graph);
  if (given.size === graph.phases.length) return given;
  const drawn = arranged(graph);
  for (const { id } of graph.phases) {
    if (!given.has(id)) given.set(id, freeSpot(besideKnown(graph, id, given) ?? drawn.get(id), given));
  }
  return given;
}

/** All phases in layers, the start on top. */
export function arranged(graph: Graph): Placed {
  const drawn = new graphlib.Graph({ multigraph: true });
  drawn.setGraph({ rankdir: "TB", nodesep: 88, ranksep: 92, edgesep: 48 });
  drawn.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.phases) drawn.setNode(id, { width: WIDTH, height: HEIGHT });
  const order = new Map(graph.phases.map(({ id }, index) => [id, index]));
  for (const { id, source, target } of graph.ways) {
    // Ways back to what comes earlier do not push it below what they come from.
    const isBack = (order.get(target) ?? 0) < (order.get(source) ?? 0);
    drawn.setEdge(isBack ? target : source, isBack ? source : target, { weight: isBack ? 0 : 1 }, id);
  }
  layout(drawn);
  return new Map(
    graph.phases.map(({ id }) => {
      const { x, y } = drawn.node(id) as unknown as Position;
      return [id, { x: Math.round(x - WIDTH / 2), y: Math.round(y - HEIGHT / 2) }];
    }),
  );
}

/** Below the phase that leads to it. */
function besideKnown(graph: Graph, id: string, known: Placed): Position | undefined {
  const way = graph.ways.find(({ source, target }) => target === id && known.has(source));
  const before = way && known.get(way.source);
  return before && { x: before.x, y: before.y + HEIGHT + 3 * GAP };
}

/** The wished place, or the nearest one right of it where nothing stands. */
export function freeSpot(wished: Position = { x: 0, y: 0 }, taken: Placed): Position {
  const spot = { ...wished };
  const hits = ({ x, y }: Position) =>
    Math.abs(x - spot.x) < WIDTH + GAP && Math.abs(y - spot.y) < HEIGHT + GAP;
  for (let other = [...taken.values()].find(hits); other; other = [...taken.values()].find(hits)) {
    spot.x = other.x + WIDTH + GAP;
  }
  return spot;
}
