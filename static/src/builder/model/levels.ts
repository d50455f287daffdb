/** A graph inside a graph: the bodies of map nodes, reached by the ids of the nodes they stand in. */

import {
  configOf,
  dataOf,
  type Graph,
  idOf,
  nodesById,
  type Part,
  readGraph,
  textOf,
} from "../../canvas/graph";
import type { Kinds } from "../../canvas/kinds";

export type Path = readonly string[];

/** The field of the node's configuration that holds a graph, or an empty string. */
export function bodyField(node: Part | undefined, kinds: Kinds): string {
  return (node && kinds.get(textOf(node.type))?.body_field) ?? "";
}

/** The graph at the path; null if a node on the way is gone or has no body. */
export function levelAt(root: Graph, path: Path, kinds: Kinds): Graph | null {
  let graph = root;
  for (const id of path) {
    const node = nodesById(graph).get(id);
    const field = bodyField(node, kinds);
    if (!node || !field) return null;
    graph = readGraph(configOf(node)[field]);
  }
  return graph;
}

/** The same root with another graph at the path. */
export function withLevel(root: Graph, path: Path, graph: Graph, kinds: Kinds): Graph {
  const [id, ...rest] = path;
  if (id === undefined) return graph;
  const node = nodesById(root).get(id);
  const field = bodyField(node, kinds);
  if (!node || !field) return root;
  const inner = withLevel(readGraph(configOf(node)[field]), rest, graph, kinds);
  const config = { ...configOf(node), [field]: { nodes: [...inner.nodes], edges: [...inner.edges] } };
  const changed: Part = { ...node, data: { ...dataOf(node), config } };
  return { nodes: root.nodes.map((each) => (idOf(each) === id ? changed : each)), edges: root.edges };
}

/** As much of the path as leads somewhere. */
export function reachable(root: Graph, path: Path, kinds: Kinds): Path {
  for (let length = path.length; length > 0; length -= 1) {
    const shorter = path.slice(0, length);
    if (levelAt(root, shorter, kinds)) return shorter;
  }
  return [];
}
