/** The names that an expression may use at a node or an edge, with what is known of each. */

import {
  configOf,
  type Graph,
  isObject,
  type Json,
  nodesById,
  type Part,
  textOf,
  titleOf,
} from "../../canvas/graph";
import type { Kinds } from "../../canvas/kinds";

export interface Offer {
  /** The whole of it: `nodes.fetch.output.status`. */
  name: string;
  kind: "variable" | "property" | "function";
  detail: string;
  /** Higher comes first. */
  rank: number;
}

export interface FunctionHelp {
  name: string;
  signature: string;
  description: string;
}

interface Surroundings {
  /** From the whole graph to the one that is looked at. */
  levels: readonly Graph[];
  path: readonly string[];
  /** The node or edge that the expression belongs to. */
  place: { node?: string; edge?: string };
  inputSchema: unknown;
  /** Outputs of the last run by node id, where there was one. */
  outputs: Record<string, Json>;
  kinds: Kinds;
}

export function offers(at: Surroundings): Offer[] {
  const found: Offer[] = [
    { name: "input", kind: "variable", detail: "what the run was started with", rank: 9 },
    { name: "vars", kind: "variable", detail: "variables of the run", rank: 5 },
    { name: "nodes", kind: "variable", detail: "outputs of earlier steps", rank: 8 },
    { name: "trigger", kind: "variable", detail: "what started the run", rank: 2 },
    { name: "execution", kind: "variable", detail: "the run itself", rank: 2 },
  ];
  if (at.path.length > 0) {
    found.push({ name: "item", kind: "variable", detail: "the present item", rank: 10 });
    found.push({ name: "index", kind: "variable", detail: "its number, from 0", rank: 6 });
  }
  return [...found, ...ofInput(at.inputSchema), ...ofVariables(at), ...ofNodes(at)];
}

function ofInput(schema: unknown): Offer[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  return Object.entries(schema.properties).map(([key, field]) => ({
    name: member("input", key),
    kind: "property" as const,
    detail: isObject(field) ? [textOf(field.title), textOf(field.type)].filter(Boolean).join(", ") : "",
    rank: 8,
  }));
}

function ofVariables({ levels }: Surroundings): Offer[] {
  const names = levels.flatMap(({ nodes }) =>
    nodes.filter(isObject).flatMap((node) => {
      const settings = configOf(node).with;
      return isObject(settings) && isObject(settings.vars) ? Object.keys(settings.vars) : [];
    }),
  );
  return [...new Set(names)].map((key) => ({
    name: member("vars", key),
    kind: "property" as const,
    detail: "set by a step",
    rank: 5,
  }));
}

function ofNodes(at: Surroundings): Offer[] {
  return at.levels.flatMap((graph, depth) => {
    const inner = at.path[depth];
    const place = inner === undefined ? at.place : { node: inner };
    const upstream = ancestors(graph, place);
    return [...nodesById(graph)].flatMap(([id, node]) => {
      const rank = upstream.has(id) ? 7 : 1;
      const name = `${member("nodes", id)}.output`;
      const detail = upstream.has(id) ? titleOf(node) : `${titleOf(node)}, not surely before`;
      const keys = outputKeys(node, at.outputs[id]);
      return [
        { name, kind: "property" as const, detail, rank },
        ...keys.map((key) => ({ name: member(name, key), kind: "property" as const, detail: "", rank })),
      ];
    });
  });
}

/** What a step is known to give: from the last run, else from its configuration, else from its type. */
function outputKeys(node: Part, sample: Json | undefined): string[] {
  if (isObject(sample)) return Object.keys(sample);
  const config = configOf(node);
  if (isObject(config.output)) return Object.keys(config.output);
  return OUTPUTS[`${textOf(node.type)} ${textOf(config.action)}`.trim()] ?? OUTPUTS[textOf(node.type)] ?? [];
}

const OUTPUTS: Record<string, string[]> = {
  "action http.request": ["status", "headers", "body"],
  "action webhook.send": ["status", "id"],
  "action email.send": ["to", "message_id"],
  "action log": ["message"],
  "action set": ["vars"],
  ai: ["text", "data", "confidence", "citations", "usage"],
  decision: ["ports"],
  human: ["decision", "by", "comment", "payload"],
  timer: ["fired_at"],
  wait: ["port", "payload"],
};

/** Nodes from which a token can come to the node, or along the edge. */
export function ancestors(graph: Graph, place: { node?: string; edge?: string }): Set<string> {
  const sources = new Map<string, string[]>();
  for (const edge of graph.edges.filter(isObject)) {
    const target = textOf(edge.target);
    sources.set(target, [...(sources.get(target) ?? []), textOf(edge.source)]);
  }
  const edge = graph.edges.find((each) => isObject(each) && each.id === place.edge);
  const found = new Set<string>();
  const open =
    edge && place.node === undefined ? [textOf(edge.source)] : [...(sources.get(place.node ?? "") ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(sources.get(id) ?? []));
  }
  return found;
}

function member(base: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${base}.${key}` : `${base}[${JSON.stringify(key)}]`;
}
