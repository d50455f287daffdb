/** Gives nodes other ids, and lets every expression that speaks of them follow. */

import { type Graph, idOf, isObject, type Json, type Part, textOf } from "../../canvas/graph";

type Renames = ReadonlyMap<string, string>;

/** Keys whose text is an expression from its first to its last character. */
const EXPRESSIONS = new Set(["=", "when", "condition", "complete_when"]);

export function renameNodes(graph: Graph, renames: Renames): Graph {
  const named = (id: unknown) => renames.get(textOf(id)) ?? (id as Json);
  return {
    nodes: graph.nodes.map((node) =>
      isObject(node) ? { ...(followed(node, renames) as Part), id: named(node.id) } : node,
    ),
    edges: graph.edges.map((edge) =>
      isObject(edge)
        ? { ...(followed(edge, renames) as Part), source: named(edge.source), target: named(edge.target) }
        : edge,
    ),
  };
}

function followed(value: Json, renames: Renames, key = ""): Json {
  if (typeof value === "string") {
    if (EXPRESSIONS.has(key)) return inExpression(value, renames);
    return value.replace(/\{\{[\s\S]*?\}\}/g, (inner) => inExpression(inner, renames));
  }
  if (Array.isArray(value)) {
    if (key === "cancels") return value.map((each) => renames.get(textOf(each)) ?? each);
    return value.map((each) => followed(each, renames));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, followed(each, renames, name)]),
  );
}

function inExpression(source: string, renames: Renames): string {
  return source
    .replace(/(^|[^\w.])nodes\.([A-Za-z_]\w*)/g, (all, before: string, id: string) => {
      const next = renames.get(id);
      if (next === undefined) return all;
      return /^[A-Za-z_]\w*$/.test(next) ? `${before}nodes.${next}` : `${before}nodes["${next}"]`;
    })
    .replace(/(^|[^\w.])nodes\[(["'])([^"']*)\2\]/g, (all, before: string, quote: string, id: string) => {
      const next = renames.get(id);
      return next === undefined ? all : `${before}nodes[${quote}${next}${quote}]`;
    });
}

/** Why a node cannot have this id; null if it can. */
export function badId(graph: Graph, before: string, id: string): string | null {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/.test(id))
    return "Letters, digits and _ . : - only, and a letter or digit first.";
  if (id.length > 100) return "At most 100 characters.";
  if (id !== before && graph.nodes.some((node) => idOf(node) === id)) return "Another node has this id.";
  return null;
}
