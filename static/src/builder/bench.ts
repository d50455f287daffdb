/** What all parts of the builder share: the store, the node types, problems, and ways to open things. */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Graph, Json, JsonObject, Position } from "../canvas/graph";
import type { Kinds } from "../canvas/kinds";
import type { Finding } from "./model/findings";
import { levelAt } from "./model/levels";
import type { State } from "./model/state";
import type { Store } from "./model/store";
import type { Settings } from "./settings";
import type { Saver } from "./sync/saver";

/** Where a node that is chosen from the palette goes. */
export interface Placing {
  /** On the canvas. */
  at?: Position;
  /** It is connected from this port. */
  from?: { node: string; port: string };
  onEdge?: string;
}

/** Data of the last run, to try nodes with and to offer names from. */
export interface Sample {
  scope: JsonObject;
  outputs: Record<string, Json>;
  /** Where it comes from, in words; empty if there is no run yet. */
  from: string;
}

export interface Bench {
  settings: Settings;
  kinds: Kinds;
  store: Store;
  saver: Saver;
  /** Of the whole document, as the server tells them. */
  allFindings: readonly Finding[];
  /** Of the level that is looked at. */
  findings: readonly Finding[];
  sample: Sample;
  place: (placing: Placing) => void;
  open: (dialog: Dialog) => void;
}

export type Dialog = "help" | "publish" | "connect" | "find" | "conflict" | null;

export const BenchContext = createContext<Bench | null>(null);

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (!bench) throw new Error("outside of the builder");
  return bench;
}

export function useBuilder<T>(pick: (state: State) => T): T {
  const { store } = useBench();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}

/** The graph that is looked at. */
export function useGraph(): Graph {
  const { store } = useBench();
  return useSyncExternalStore(store.subscribe, () => store.graph());
}

/** The whole graph and the bodies on the way to the one that is looked at. */
export function levelsOf({ root, path }: State, kinds: Kinds): Graph[] {
  return [root, ...path.flatMap((_id, depth) => levelAt(root, path.slice(0, depth + 1), kinds) ?? [])];
}
