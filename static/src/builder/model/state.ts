/** The builder's state and every way it changes: pure, so that undo, levels and selection can be tested. */

import { NOTHING, type Selection } from "../../canvas/convert";
import { EMPTY, type Graph, idOf } from "../../canvas/graph";
import type { Kinds } from "../../canvas/kinds";
import { levelAt, type Path, reachable, withLevel } from "./levels";

interface Moment {
  root: Graph;
  path: Path;
  selection: Selection;
}

interface Step extends Moment {
  /** What was done after this moment: "Add a node". */
  label: string;
}

export interface State extends Moment {
  past: readonly Step[];
  future: readonly Step[];
  /** Changes with the same key that follow closely are one step of the history. */
  key: string;
  at: number;
}

export interface Change {
  label: string;
  graph: Graph;
  select?: Selection;
  key?: string;
}

const MOST_STEPS = 200;
const CLOSE_MS = 1500;

export function begin(root: Graph): State {
  return { root, path: [], selection: NOTHING, past: [], future: [], key: "", at: 0 };
}

export function level(state: State, kinds: Kinds): Graph {
  return levelAt(state.root, state.path, kinds) ?? EMPTY;
}

/** The graph at the present level becomes another; what is selected and gone is no longer selected. */
export function edited(state: State, change: Change, kinds: Kinds, now: number): State {
  const before = level(state, kinds);
  if (change.graph === before && !change.select) return state;
  const root = change.graph === before ? state.root : withLevel(state.root, state.path, change.graph, kinds);
  const selection = existing(change.select ?? state.selection, change.graph);
  return stepped(state, { root, path: state.path, selection }, change.label, change.key ?? "", now);
}

/** The whole document becomes another, as from the text. */
export function replaced(
  state: State,
  root: Graph,
  label: string,
  key: string,
  kinds: Kinds,
  now: number,
): State {
  const path = reachable(root, state.path, kinds);
  const selection = existing(state.selection, levelAt(root, path, kinds) ?? EMPTY);
  return stepped(state, { root, path, selection }, label, key, now);
}

function stepped(state: State, next: Moment, label: string, key: string, now: number): State {
  if (next.root === state.root) return { ...state, ...next };
  const isSame = key !== "" && key === state.key && now - state.at < CLOSE_MS && state.future.length === 0;
  const { root, path, selection } = state;
  const past = isSame ? state.past : [...state.past.slice(1 - MOST_STEPS), { root, path, selection, label }];
  return { ...next, past, future: [], key, at: now };
}

export function undone(state: State): State {
  const last = state.past.at(-1);
  if (!last) return state;
  const { root, path, selection } = state;
  const future = [{ root, path, selection, label: last.label }, ...state.future];
  return { ...momentOf(last), past: state.past.slice(0, -1), future, key: "", at: 0 };
}

export function redone(state: State): State {
  const [next, ...future] = state.future;
  if (!next) return state;
  const { root, path, selection } = state;
  const past = [...state.past, { root, path, selection, label: next.label }];
  return { ...momentOf(next), past, future, key: "", at: 0 };
}

function momentOf({ root, path, selection }: Moment): Moment {
  return { root, path, selection };
}

export function selected(state: State, selection: Selection): State {
  return { ...state, selection, key: "" };
}

/** Look into the body of a node, or out of it again. */
export function entered(state: State, path: Path, kinds: Kinds): State {
  const there = reachable(state.root, path, kinds);
  return { ...state, path: there, selection: NOTHING, key: "" };
}

function existing(selection: Selection, graph: Graph): Selection {
  const keep = (ids: ReadonlySet<string>, parts: Graph["nodes"]) => {
    const known = new Set(parts.map(idOf));
    const kept = [...ids].filter((id) => known.has(id));
    return kept.length === ids.size ? ids : new Set(kept);
  };
  return { nodes: keep(selection.nodes, graph.nodes), edges: keep(selection.edges, graph.edges) };
}
