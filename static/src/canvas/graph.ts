/** A workflow graph as it is stored. A draft may be anything, so every field is read with care. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

export interface Position {
  x: number;
  y: number;
}

/** One node or edge as it stands in the document, with whatever else its author put there. */
export type Part = JsonObject;

export interface Graph {
  readonly nodes: readonly Part[];
  readonly edges: readonly Part[];
}

export const EMPTY: Graph = { nodes: [], edges: [] };
export const DEFAULT_PORT = "out";
export const ERROR_PORT = "error";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What can be read of a document; parts that are no objects stay with it and are not drawn. */
export function readGraph(value: unknown): Graph {
  if (!isObject(value)) return EMPTY;
  const list = (part: unknown) => (Array.isArray(part) ? (part as Part[]) : []);
  return { nodes: list(value.nodes), edges: list(value.edges) };
}

export function idOf(part: unknown): string {
  return isObject(part) ? textOf(part.id) : "";
}

export function dataOf(node: Part): JsonObject {
  return isObject(node.data) ? node.data : {};
}

export function configOf(node: Part): JsonObject {
  const { config } = dataOf(node);
  return isObject(config) ? config : {};
}

export function titleOf(node: Part): string {
  return textOf(dataOf(node).title) || idOf(node);
}

export function portOf(edge: Part): string {
  return textOf(edge.sourceHandle) || DEFAULT_PORT;
}

export function positionOf(node: Part): Position | null {
  const { position } = node;
  if (!isObject(position)) return null;
  const { x = 0, y = 0 } = position;
  return typeof x === "number" && typeof y === "number" ? { x, y } : null;
}

/** The first node of each id, which is the one that can be drawn. */
export function nodesById(graph: Graph): Map<string, Part> {
  const found = new Map<string, Part>();
  for (const node of graph.nodes) {
    const id = idOf(node);
    if (id && !found.has(id)) found.set(id, node);
  }
  return found;
}
