/** The graph as React Flow draws it, with sizes and handles worked out so that nothing is measured. */

import { type Edge, MarkerType, type Node, Position as Side } from "@xyflow/react";
import {
  findingsByTarget,
  type Graph,
  labelOf,
  numbersOf,
  type Phase,
  type Target,
  type Words,
} from "./model";
import { HEIGHT, type Placed, WIDTH } from "./places";
import { type Route, routesOf } from "./routes";

export interface Problem {
  worst: "error" | "warning";
  text: string;
}

interface PhaseView extends Record<string, unknown> {
  phase: Phase;
  kind: string;
  icon: string;
  isStart: boolean;
  isEnd: boolean;
  marks: string[];
  problem: Problem | null;
}

interface WayView extends Record<string, unknown> {
  number: number | null;
  label: string;
  words: string;
  problem: Problem | null;
  route: Route | null;
}

export type PhaseNode = Node<PhaseView, "phase">;
export type WayLine = Edge<WayView, "line">;

const ICONS: Record<string, string> = {
  informational: "info",
  fork: "split",
  data_collection: "pencil",
  iterative: "repeat",
  synthesis: "wand-sparkles",
};
const SIZE = { width: WIDTH, height: HEIGHT };
const HANDLES = [
  { type: "target", position: Side.Top, x: WIDTH / 2, y: 0, width: 1, height: 1 },
  { type: "source", position: Side.Bottom, x: WIDTH / 2, y: HEIGHT, width: 1, height: 1 },
] as const;
const HEAD = { type: MarkerType.ArrowClosed, width: 14, height: 14, color: "var(--edge-tone)" };

export function draw(
  graph: Graph,
  places: Placed,
  selected: Target | null,
  words: Words,
): { nodes: PhaseNode[]; edges: WayLine[] } {
  const findings = findingsByTarget(graph);
  const numbers = numbersOf(graph);
  const routes = routesOf(graph, places);
  const leaving = new Set(graph.ways.map(({ source }) => source));
  const names = new Map(graph.phases.map(({ id, name }) => [id, name]));
  const problemOf = (id: string): Problem | null => {
    const found = findings.get(id);
    if (!found) return null;
    const worst = found.some(({ forbids }) => forbids) ? "error" : "warning";
    return { worst, text: found.map(({ message }) => message).join(" ") };
  };
  const nodes = graph.phases.map((phase, index): PhaseNode => {
    const view = {
      phase,
      kind: labelOf(words.kinds, phase.kind),
      icon: ICONS[phase.kind] ?? "circle-question-mark",
      isStart: index === 0,
      isEnd: !leaving.has(phase.id),
      marks: marksOf(phase, words),
      problem: problemOf(phase.id),
    };
    return {
      id: phase.id,
      type: "phase",
      position: places.get(phase.id) ?? { x: 0, y: 0 },
      ...SIZE,
      measured: SIZE,
      handles: [...HANDLES],
      data: view,
      selected: selected?.kind === "phase" && selected.id === phase.id,
      ariaLabel: spoken(view),
    };
  });
  const edges = graph.ways.map((way): WayLine => {
    const problem = problemOf(way.id);
    const number = numbers.get(way.id) ?? null;
    const title = `Way from ${names.get(way.source) ?? "?"} to ${names.get(way.target) ?? "?"}`;
    return {
      id: way.id,
      type: "line",
      source: way.source,
      target: way.target,
      data: { number, label: way.label, words: way.words, problem, route: routes.get(way.id) ?? null },
      selected: selected?.kind === "way" && selected.id === way.id,
      markerEnd: HEAD,
      className: problem ? `has-${problem.worst}` : "",
      ariaLabel: [
        title,
        number && `tried as number ${number}`,
        way.label,
        way.words && `if ${way.words}`,
        problem?.text,
      ]
        .filter(Boolean)
        .join(", "),
    };
  });
  return { nodes, edges };
}

/** What a phase asks, and whether it must be gone through, in a few words. */
export function marksOf(phase: Phase, words: Words): string[] {
  const { prompts, required, form } = phase;
  return [
    prompts > 0 &&
      `${prompts} prompt${prompts === 1 ? "" : "s"}${required > 0 ? `, ${required} required` : ""}`,
    form && `${labelOf(words.forms, form)} form`,
    phase.optional || phase.can_skip ? "optional" : !phase.requires_completion && "need not be complete",
  ].filter((mark): mark is string => Boolean(mark));
}

function spoken({ phase, kind, isStart, isEnd, marks, problem }: PhaseView): string {
  return [phase.name, kind, isStart && "start", isEnd && "end", ...marks, problem?.text]
    .filter(Boolean)
    .join(", ");
}
