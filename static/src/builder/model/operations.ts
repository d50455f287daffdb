/** What can be done to a graph, as functions from one graph to the next. */

import {
  dataOf,
  DEFAULT_PORT,
  type Graph,
  idOf,
  isObject,
  nodesById,
  type Part,
  portOf,
  type Position,
  positionOf,
  textOf,
} from "../../canvas/graph";
import { type Kind, type Kinds, portsOf } from "../../canvas/kinds";
import { sizeOf } from "../../canvas/layout";
import type { Selection } from "../../canvas/convert";
import { setIn, type Steps, without } from "./change";
import type { Json } from "../../canvas/graph";
import { defaultConfig } from "./defaults";

const ROW = 130;

export function freshId(taken: Iterable<string>, wish: string): string {
  const known = new Set(taken);
  const base = wish.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "") || "node";
  if (!known.has(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  for (let number = 2; ; number += 1) if (!known.has(`${stem}_${number}`)) return `${stem}_${number}`;
}

function freshEdgeId(taken: Iterable<string>): string {
  const known = new Set(taken);
  for (let number = 1; ; number += 1) if (!known.has(`e${number}`)) return `e${number}`;
}

export function makeNode(graph: Graph, kind: Kind, at: Position): Part {
  const id = freshId(graph.nodes.map(idOf), kind.name);
  const position = { x: Math.round(at.x), y: Math.round(at.y) };
  return { id, type: kind.name, position, data: { title: kind.title, config: defaultConfig(kind) } };
}

/** The place nearest to `at`, below or beside it, where a node covers no other. */
export function freePlace(graph: Graph, at: Position): Position {
  const { width, height } = sizeOf([]);
  const taken = graph.nodes.flatMap((node) => (isObject(node) ? (positionOf(node) ?? []) : []));
  const isFree = ({ x, y }: Position) =>
    taken.every((each) => Math.abs(each.x - x) >= width + 16 || Math.abs(each.y - y) >= height + 24);
  for (let round = 0; round < 40; round += 1) {
    const aside = Math.ceil(round / 2) * (round % 2 === 0 ? 1 : -1) * (width + 40);
    const place = { x: Math.round(at.x + aside), y: Math.round(at.y) };
    if (isFree(place)) return place;
  }
  return { x: Math.round(at.x), y: Math.round(at.y) };
}

export function addNode(graph: Graph, node: Part): Graph {
  return { nodes: [...graph.nodes, node], edges: graph.edges };
}

/** A new edge, unless the same one is there; from the default port it does not say so. */
export function connect(graph: Graph, source: string, port: string, target: string): Graph {
  const known = graph.edges.some(
    (edge) => edge.source === source && edge.target === target && portOf(edge) === port,
  );
  if (known || source === "" || target === "") return graph;
  const edge: Part = { id: freshEdgeId(graph.edges.map(idOf)), source, target };
  return { nodes: graph.nodes, edges: [...graph.edges, withPort(edge, port)] };
}

function withPort(edge: Part, port: string): Part {
  return port === DEFAULT_PORT ? without(edge, "sourceHandle") : { ...edge, sourceHandle: port };
}

export function reconnect(graph: Graph, id: string, source: string, port: string, target: string): Graph {
  return changePart(graph, "edges", id, (edge) => withPort({ ...edge, source, target }, port));
}

export function setPort(graph: Graph, id: string, port: string): Graph {
  return changePart(graph, "edges", id, (edge) => withPort(edge, port));
}

/** The port that a next edge would probably leave from: the first without one, else the first. */
export function likelyPort(graph: Graph, node: Part, kind: Kind | undefined): string | undefined {
  const ports = portsOf(node, kind);
  const drawn = new Set(graph.edges.filter((edge) => edge.source === node.id).map(portOf));
  return ports.find((port) => !drawn.has(port)) ?? ports[0];
}

/** Where a node that follows another one stands. */
export function placeAfter(graph: Graph, node: Part): Position {
  const { x, y } = positionOf(node) ?? { x: 0, y: 0 };
  return freePlace(graph, { x, y: y + ROW });
}

/** Put the node on the edge: the edge leads to it, a new one leads on; what is below makes room. */
export function insertOnEdge(graph: Graph, edgeId: string, node: Part, kinds: Kinds): Graph {
  const edge = graph.edges.find((each) => idOf(each) === edgeId);
  const target = edge && nodesById(graph).get(textOf(edge.target));
  const port = portsOf(node, kinds.get(textOf(node.type)))[0];
  if (!edge || !target) return graph;
  const room = makeRoom(graph, edge, target);
  const led = changePart(addNode(room, node), "edges", edgeId, (each) => ({ ...each, target: idOf(node) }));
  return port === undefined ? led : connect(led, idOf(node), port, idOf(target));
}

function makeRoom(graph: Graph, edge: Part, target: Part): Graph {
  const source = nodesById(graph).get(textOf(edge.source));
  const from = (source && positionOf(source)) ?? { x: 0, y: 0 };
  const to = positionOf(target) ?? from;
  const missing = 2 * ROW - (to.y - from.y);
  if (missing <= 0 || to.y <= from.y) return graph;
  const places = new Map<string, Position>();
  for (const [id, node] of nodesById(graph)) {
    const place = positionOf(node);
    if (place && place.y >= to.y) places.set(id, { x: place.x, y: place.y + missing });
  }
  return moveNodes(graph, places);
}

export function moveNodes(graph: Graph, places: ReadonlyMap<string, Position>): Graph {
  const nodes = graph.nodes.map((node) => {
    const place = places.get(idOf(node));
    const before = place && positionOf(node);
    if (!place || (before?.x === place.x && before.y === place.y)) return node;
    return { ...node, position: { x: place.x, y: place.y } };
  });
  return nodes.every((node, index) => node === graph.nodes[index]) ? graph : { nodes, edges: graph.edges };
}

/** Without the selected parts, the edges of removed nodes included. */
export function removeParts(graph: Graph, { nodes, edges }: Selection): Graph {
  if (nodes.size === 0 && edges.size === 0) return graph;
  const isGone = (end: unknown) => nodes.has(textOf(end));
  return {
    nodes: graph.nodes.filter((node) => !nodes.has(idOf(node))),
    edges: graph.edges.filter(
      (edge) => !edges.has(idOf(edge)) && !(isObject(edge) && (isGone(edge.source) || isGone(edge.target))),
    ),
  };
}

function changePart(graph: Graph, list: "nodes" | "edges", id: string, change: (part: Part) => Part): Graph {
  const parts = graph[list].map((part) => (idOf(part) === id ? change(part) : part));
  return list === "nodes" ? { nodes: parts, edges: graph.edges } : { nodes: graph.nodes, edges: parts };
}

/** Set a field of a node or an edge by its path; undefined takes it out. */
export function setField(
  graph: Graph,
  list: "nodes" | "edges",
  id: string,
  steps: Steps,
  value: Json | undefined,
): Graph {
  return changePart(graph, list, id, (part) => setIn(part, steps, value) as Part);
}

/** Disable the nodes, or if all of them are disabled, enable them. */
export function toggleDisabled(graph: Graph, ids: ReadonlySet<string>): Graph {
  const chosen = graph.nodes.filter((node) => ids.has(idOf(node)));
  const off = chosen.some((node) => dataOf(node).disabled !== true);
  return chosen.reduce(
    (next, node) => setField(next, "nodes", idOf(node), ["data", "disabled"], off ? true : undefined),
    graph,
  );
}
