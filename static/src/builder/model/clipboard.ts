/** Parts of a graph as text that any tab, and any person, can paste. */

import {
  type Graph,
  idOf,
  isObject,
  type Json,
  type Part,
  type Position,
  positionOf,
  textOf,
} from "../../canvas/graph";
import type { Selection } from "../../canvas/convert";
import { freshId } from "./operations";
import { renameNodes } from "./renaming";

const FORMAT = "orchestrator.nodes/1";
const MOST = 500;

/** The selected nodes and the edges between them; empty without any. */
export function copied(graph: Graph, { nodes }: Selection): string {
  if (nodes.size === 0) return "";
  const inside = (end: Json | undefined) => nodes.has(textOf(end));
  return JSON.stringify(
    {
      format: FORMAT,
      nodes: graph.nodes.filter((node) => nodes.has(idOf(node))),
      edges: graph.edges.filter((edge) => isObject(edge) && inside(edge.source) && inside(edge.target)),
    },
    null,
    2,
  );
}

/** The graph in pasted text, whether copied here or written by hand; null if there is none. */
export function pasted(text: string): Graph | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || !Array.isArray(value.nodes) || value.nodes.length === 0) return null;
  const nodes = value.nodes.filter((node): node is Part => isObject(node) && idOf(node) !== "");
  const edges = Array.isArray(value.edges) ? value.edges.filter((edge): edge is Part => isObject(edge)) : [];
  return nodes.length === 0 || nodes.length > MOST ? null : { nodes, edges };
}

/** The graph with those parts added under fresh ids, and the ids of the new nodes. */
export function paste(graph: Graph, parts: Graph, at: Position | null): { graph: Graph; ids: string[] } {
  const taken = new Set(graph.nodes.map(idOf));
  const renames = new Map<string, string>();
  for (const node of parts.nodes) {
    const id = freshId(taken, idOf(node));
    taken.add(id);
    renames.set(idOf(node), id);
  }
  const shift = shiftOf(parts, at);
  const renamed = renameNodes(parts, renames);
  const nodes = renamed.nodes.map((node): Part => {
    const { x, y } = positionOf(node) ?? { x: 0, y: 0 };
    return { ...node, position: { x: x + shift.x, y: y + shift.y } };
  });
  const edgeIds = new Set(graph.edges.map(idOf));
  const edges = renamed.edges.map((edge): Part => {
    const id = freshId(edgeIds, idOf(edge) || "e");
    edgeIds.add(id);
    return { ...edge, id };
  });
  return {
    graph: { nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] },
    ids: nodes.map(idOf),
  };
}

/** So that the parts' middle comes to `at`, or a little beside where they were. */
function shiftOf(parts: Graph, at: Position | null): Position {
  if (!at) return { x: 40, y: 40 };
  const places = parts.nodes.flatMap((node) => positionOf(node) ?? []);
  if (places.length === 0) return at;
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return {
    x: Math.round(at.x - middle(places.map(({ x }) => x)) - 104),
    y: Math.round(at.y - middle(places.map(({ y }) => y)) - 26),
  };
}
