/** What differs between two graphs, in words: to decide between mine and theirs. */

import { type Graph, idOf, isObject, type Part, textOf, titleOf } from "../../canvas/graph";
import { sameJson, without } from "./change";

export interface Difference {
  kind: "added" | "removed" | "changed" | "moved";
  what: string;
}

/** From `before` to `after`: nodes first, then edges. */
export function differences(before: Graph, after: Graph): Difference[] {
  const nodes = compared(before.nodes, after.nodes, (node) => `Node “${titleOf(node)}”`, "position");
  const edges = compared(
    before.edges,
    after.edges,
    (edge) => `Edge ${textOf(edge.source)} → ${textOf(edge.target)}`,
    "",
  );
  return [...nodes, ...edges];
}

function compared(
  before: readonly Part[],
  after: readonly Part[],
  name: (part: Part) => string,
  place: string,
): Difference[] {
  const old = new Map(before.filter(isObject).map((part) => [idOf(part), part]));
  const found: Difference[] = [];
  for (const part of after.filter(isObject)) {
    const known = old.get(idOf(part));
    old.delete(idOf(part));
    if (!known) found.push({ kind: "added", what: name(part) });
    else if (!sameJson(without(known, place), without(part, place)))
      found.push({ kind: "changed", what: name(part) });
    else if (!sameJson(known, part)) found.push({ kind: "moved", what: name(part) });
  }
  return [...found, ...[...old.values()].map((part) => ({ kind: "removed" as const, what: name(part) }))];
}
