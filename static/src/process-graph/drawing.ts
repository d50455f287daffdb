/** The graph as React Flow draws it, with sizes and handles worked out so that nothing is measured. */

import { type Edge, MarkerType, type Node, Position as Side } from "@xyflow/react";
import {
  type Finding,
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

interface WayText {
  number: number | null;
  label: string;
  words: string;
  problem: Problem | null;
}

interface WayView extends WayText, Record<string, unknown> {
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

/** What cards and lines say: the same objects as long as the graph is the same, so that moving draws no card anew. */
export interface Views {
  phases: Map<string, PhaseView>;
  ways: Map<string, WayText>;
  spoken: Map<string, string>;
}

export function viewsOf(graph: Graph, words: Words): Views {
  const findings = findingsByTarget(graph);
  const numbers = numbersOf(graph);
  const leaving = new Set(graph.ways.map(({ source }) => source));
  const names = new Map(graph.phases.map(({ id, name }) => [id, name]));
  const views: Views = { phases: new Map(), ways: new Map(), spoken: new Map() };
  graph.phases.forEach((phase, index) => {
    const view = {
      phase,
      kind: labelOf(words.kinds, phase.kind),
      icon: ICONS[phase.kind] ?? "circle-question-mark",
      isStart: index === 0,
      isEnd: !leaving.has(phase.id),
      marks: marksOf(phase, words),
      problem: problemOf(findings.get(phase.id)),
    };
    views.phases.set(phase.id, view);
    views.spoken.set(phase.id, spokenPhase(view));
  });
  for (const way of graph.ways) {
    const problem = problemOf(findings.get(way.id));
    const view = { number: numbers.get(way.id) ?? null, label: way.label, words: way.words, problem };
    const ends = `Way from ${names.get(way.source) ?? "?"} to ${names.get(way.target) ?? "?"}`;
    views.ways.set(way.id, view);
    views.spoken.set(way.id, spokenWay(ends, view));
  }
  return views;
}

function problemOf(found: readonly Finding[] | undefined): Problem | null {
  if (!found) return null;
  const worst = found.some(({ forbids }) => forbids) ? "error" : "warning";
  return { worst, text: found.map(({ message }) => message).join(" ") };
}

export function drawPhases(graph: Graph, views: Views, places: Placed, selected: Target | null): PhaseNode[] {
  return graph.phases.flatMap(({ id }): PhaseNode[] => {
    const data = views.phases.get(id);
    if (!data) return [];
    const node: PhaseNode = {
      id,
      type: "phase",
      position: places.get(id) ?? { x: 0, y: 0 },
      ...SIZE,
      measured: SIZE,
      handles: [...HANDLES],
      data,
      selected: selected?.kind === "phase" && selected.id === id,
      ariaLabel: views.spoken.get(id) ?? "",
    };
    return [node];
  });
}

export function drawWays(graph: Graph, views: Views, places: Placed, selected: Target | null): WayLine[] {
  const routes = routesOf(graph, places);
  return graph.ways.flatMap(({ id, source, target }): WayLine[] => {
    const view = views.ways.get(id);
    if (!view) return [];
    const line: WayLine = {
      id,
      type: "line",
      source,
      target,
      data: { ...view, route: routes.get(id) ?? null },
      selected: selected?.kind === "way" && selected.id === id,
      markerEnd: HEAD,
      className: view.problem ? `has-${view.problem.worst}` : "",
      ariaLabel: views.spoken.get(id) ?? "",
    };
    return [line];
  });
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

function spokenPhase({ phase, kind, isStart, isEnd, marks, problem }: PhaseView): string {
  return [phase.name, kind, isStart && "start", isEnd && "end", ...marks, problem?.text]
    .filter(Boolean)
    .join(", ");
}

function spokenWay(ends: string, { number, label, words, problem }: WayText): string {
  return [ends, number && `tried as number ${number}`, label, words && `if ${words}`, problem?.text]
    .filter(Boolean)
    .join(", ");
}
