/** A version's graph as the server tells it, and what can be read from it. */

import type { Position } from "../canvas/graph";

export interface Choice {
  value: string;
  label: string;
}

export interface Phase {
  id: string;
  key: string;
  name: string;
  kind: string;
  purpose: string;
  outcome: string;
  text: string;
  form: string;
  optional: boolean;
  /** Its kind may be left out, whatever the phase says. */
  can_skip: boolean;
  requires_completion: boolean;
  prompts: number;
  required: number;
  order: number;
  place: Position | null;
}

export interface Condition {
  type: string;
  value: unknown;
}

export interface Way {
  id: string;
  source: string;
  target: string;
  label: string;
  order: number;
  condition: Condition;
  /** The condition in words; empty where it always holds. */
  words: string;
}

export interface Section {
  id: string;
  key: string;
  name: string;
  core: boolean;
  /** What must be so before it opens, in words. */
  opens: string[];
  prompts: number;
  /** Ids of the phases in which it is worked on. */
  phases: string[];
}

export interface Finding {
  code: string;
  message: string;
  /** `node:key`, `edge:id`, `section:key`, `prompt:node.key` or nothing. */
  place: string;
  forbids: boolean;
}

export interface Graph {
  revision: number;
  flags: Choice[];
  /** In their order; the first is where people start. */
  phases: Phase[];
  /** In their order: of those that leave a phase, the first that holds is taken. */
  ways: Way[];
  sections: Section[];
  findings: Finding[];
}

export interface Words {
  kinds: Choice[];
  forms: Choice[];
  conditions: Choice[];
  scopes: Choice[];
  boundaries: Choice[];
}

export interface Settings {
  name: string;
  is_frozen: boolean;
  is_active: boolean;
  may_change: boolean;
  icons: string;
  graph: Graph;
  words: Words;
  urls: Record<"state" | "changes" | "condition" | "version" | "clone" | "phase" | "section", string>;
}

export interface Target {
  kind: "phase" | "way";
  id: string;
}

const ANY = "00000000-0000-0000-0000-000000000000";

/** The page of one phase or section, from the address that stands for all of them. */
export function pageOf(pattern: string, id: string): string {
  return pattern.replace(ANY, id);
}

export function phaseOf(graph: Graph, id: string): Phase | undefined {
  return graph.phases.find((phase) => phase.id === id);
}

export function wayOf(graph: Graph, id: string): Way | undefined {
  return graph.ways.find((way) => way.id === id);
}

export function waysFrom(graph: Graph, phase: string): Way[] {
  return graph.ways.filter((way) => way.source === phase);
}

export function labelOf(choices: readonly Choice[], value: string): string {
  return choices.find((choice) => choice.value === value)?.label ?? value;
}

/** Where a finding leads: its phase or its way; null for sections and the version itself. */
export function targetOf(graph: Graph, finding: Finding): Target | null {
  const [kind, rest = ""] = cut(finding.place, ":");
  if (kind === "edge") return wayOf(graph, rest) ? { kind: "way", id: rest } : null;
  const key = kind === "node" ? rest : kind === "prompt" ? cut(rest, ".")[0] : null;
  const phase = graph.phases.find((each) => each.key === key);
  return phase ? { kind: "phase", id: phase.id } : null;
}

function cut(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** The findings of each phase and way, by id. */
export function findingsByTarget(graph: Graph): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of graph.findings) {
    const target = targetOf(graph, finding);
    if (target) found.set(target.id, [...(found.get(target.id) ?? []), finding]);
  }
  return found;
}

/** Each way's number among those that leave the same phase; none where it is the only one. */
export function numbersOf(graph: Graph): Map<string, number> {
  const leaving = new Map<string, Way[]>();
  for (const way of graph.ways) leaving.set(way.source, [...(leaving.get(way.source) ?? []), way]);
  const numbers = new Map<string, number>();
  for (const ways of leaving.values()) {
    if (ways.length > 1) ways.forEach((way, index) => numbers.set(way.id, index + 1));
  }
  return numbers;
}

/** The list with one of its items `by` places further on, or back; the same one at the ends. */
export function shifted<T>(items: readonly T[], index: number, by: number): readonly T[] {
  const to = index + by;
  const item = items[index];
  if (item === undefined || to < 0 || to >= items.length) return items;
  const rest = items.filter((_, each) => each !== index);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** A key made of a name, as “A first scene” gives `a_first_scene`; with a number where it is taken. */
export function keyFor(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "");
  if (!words) return "";
  const key = words.slice(0, 60);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? key : `${key}_${number}`;
    if (!taken.has(tried)) return tried;
  }
}
