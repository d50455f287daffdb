/** Arranges a graph in layers from top to bottom, and says whether it needs to be. */

import { graphlib, layout } from "@dagrejs/dagre";
import { type Graph, idOf, nodesById, type Part, type Position, positionOf, textOf } from "./graph";
import { type Kinds, portsOf } from "./kinds";

const WIDTH = 208;
const HEIGHT = 52;
const PORT_ROW = 22;
const PORT_WIDTH = 76;

interface Size {
  width: number;
  height: number;
}

/** The size of a node depends on its ports alone, so that nothing must be measured to draw a graph. */
export function sizeOf(ports: readonly string[]): Size {
  const named = hasPortRow(ports);
  return {
    width: named ? Math.max(WIDTH, ports.length * PORT_WIDTH) : WIDTH,
    height: named ? HEIGHT + PORT_ROW : HEIGHT,
  };
}

/** Ports are told by name, except where there is one and it is the usual one. */
export function hasPortRow(ports: readonly string[]): boolean {
  return ports.length > 1 || (ports.length === 1 && ports[0] !== "out");
}

/** Whether the author did not arrange it: a node has no place, or stands exactly on another. */
export function needsLayout(graph: Graph): boolean {
  const taken = new Set<string>();
  for (const node of nodesById(graph).values()) {
    const position = positionOf(node);
    if (!position) return true;
    const key = `${position.x} ${position.y}`;
    if (taken.has(key)) return true;
    taken.add(key);
  }
  return false;
}

/** The same graph with a place for every node. */
export function arranged(graph: Graph, kinds: Kinds): Graph {
  const places = placesOf(graph, kinds);
  const nodes = graph.nodes.map((node): Part => {
    const place = places.get(idOf(node));
    return place ? { ...node, position: { x: place.x, y: place.y } } : node;
  });
  return { nodes, edges: graph.edges };
}

function placesOf(graph: Graph, kinds: Kinds): Map<string, Position> {
  const drawn = new graphlib.Graph({ multigraph: true });
  drawn.setGraph({ rankdir: "TB", nodesep: 48, ranksep: 72, edgesep: 24 });
  drawn.setDefaultEdgeLabel(() => ({}));
  const nodes = nodesById(graph);
  for (const [id, node] of nodes) {
    drawn.setNode(id, { ...sizeOf(portsOf(node, kinds.get(textOf(node.type)))) });
  }
  graph.edges.forEach((edge: Part | null, index) => {
    const [source, target] = [textOf(edge?.source), textOf(edge?.target)];
    if (nodes.has(source) && nodes.has(target)) drawn.setEdge(source, target, {}, String(index));
  });
  layout(drawn);
  const places = new Map<string, Position>();
  for (const id of nodes.keys()) {
    const { x, y, width, height } = drawn.node(id) as unknown as Position & Size;
    places.set(id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) });
  }
  return places;
}
