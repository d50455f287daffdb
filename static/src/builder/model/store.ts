/** Holds the builder's state and tells React when it changes. */

import type { Selection } from "../../canvas/convert";
import type { Graph } from "../../canvas/graph";
import type { Kinds } from "../../canvas/kinds";
import type { Path } from "./levels";
import { begin, edited, entered, level, redone, replaced, selected, type State, undone } from "./state";

interface EditOptions {
  select?: Selection;
  key?: string;
}

export class Store {
  private state: State;
  private looked: { root: Graph; path: Path; graph: Graph } | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    root: Graph,
    readonly kinds: Kinds,
  ) {
    this.state = begin(root);
  }

  readonly get = (): State => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The graph that is looked at: the whole one, or the body of a node. */
  graph(): Graph {
    const { root, path } = this.state;
    if (this.looked?.root !== root || this.looked.path !== path)
      this.looked = { root, path, graph: level(this.state, this.kinds) };
    return this.looked.graph;
  }

  edit(label: string, change: (graph: Graph) => Graph, options: EditOptions = {}): void {
    this.set(edited(this.state, { label, graph: change(this.graph()), ...options }, this.kinds, Date.now()));
  }

  replace(root: Graph, label: string, key = ""): void {
    this.set(replaced(this.state, root, label, key, this.kinds, Date.now()));
  }

  undo(): void {
    this.set(undone(this.state));
  }

  redo(): void {
    this.set(redone(this.state));
  }

  select(selection: Selection): void {
    this.set(selected(this.state, selection));
  }

  enter(path: Path): void {
    this.set(entered(this.state, path, this.kinds));
  }

  private set(state: State): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

export function only(nodes: Iterable<string>, edges: Iterable<string> = []): Selection {
  return { nodes: new Set(nodes), edges: new Set(edges) };
}
