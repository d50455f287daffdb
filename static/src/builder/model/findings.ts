/** The server's problems, as marks on the level of the graph that is looked at. */

import { type Graph, idOf, nodesById } from "../../canvas/graph";
import type { EdgeMark, NodeMark } from "../../canvas/marks";
import { isError, type Problem, withoutPlace } from "../../editor/problems";
import { levelAt, type Path } from "./levels";
import type { Kinds } from "../../canvas/kinds";

export interface Finding extends Problem {
  position?: number;
}

/** Those at the level, with ids and paths as they are there. */
export function findingsAt(all: readonly Finding[], levels: readonly Graph[], path: Path): Finding[] {
  let found = [...all];
  path.forEach((node, depth) => {
    const inside = levels[depth + 1];
    found = inside ? found.flatMap((each) => (each.node === node ? (within(each, inside) ?? []) : [])) : [];
  });
  return found;
}

/** The innermost graph that a finding of the whole document is about, and the finding as it is told there. */
export function innermost(finding: Finding, root: Graph, kinds: Kinds): { path: Path; finding: Finding } {
  let found = { path: [] as Path, finding };
  while (found.finding.node !== undefined) {
    const path = [...found.path, found.finding.node];
    const body = levelAt(root, path, kinds);
    const inner = body && within(found.finding, body);
    if (!inner) break;
    found = { path, finding: inner };
  }
  return found;
}

const BODY = "data.config.body.";

/** A problem of a node's body, told as one of the body's own parts. */
function within(finding: Finding, body: Graph): Finding | null {
  const { path = "" } = finding;
  if (!path.startsWith(BODY)) return null;
  const rest = path.slice(BODY.length);
  const message = finding.message.replace(/^In the body of \S+: /, "");
  const named = (ids: string[]) =>
    ids
      .filter((id) => id && (rest === id || rest.startsWith(`${id}.`)))
      .sort((a, b) => b.length - a.length)[0];
  const node = named([...nodesById(body).keys()]);
  const part = node ?? named(body.edges.map(idOf));
  const kept = keptOf(finding, message);
  if (part === undefined) return kept;
  const inner = rest.slice(part.length + 1);
  const place = node !== undefined ? { node: part } : { edge: part };
  return { ...kept, ...place, ...(inner ? { path: inner } : {}) };
}

function keptOf({ code, severity, position }: Finding, message: string): Finding {
  return { code, message, severity, ...(position === undefined ? {} : { position }) };
}

export function marksOf(findings: readonly Finding[]): {
  nodes: Map<string, NodeMark>;
  edges: Map<string, EdgeMark>;
} {
  const nodes = new Map<string, NodeMark>();
  const edges = new Map<string, EdgeMark>();
  for (const finding of findings) {
    const problem = isError(finding) ? "error" : "warning";
    const put = (marks: Map<string, NodeMark | EdgeMark>, id: string) => {
      const before = marks.get(id);
      if (before && (before.problem === "error" || problem === "warning")) return;
      marks.set(id, { problem, problemText: withoutPlace(finding) });
    };
    if (finding.node !== undefined) put(nodes, finding.node);
    else if (finding.edge !== undefined) put(edges, finding.edge);
  }
  return { nodes, edges };
}
