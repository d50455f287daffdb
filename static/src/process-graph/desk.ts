/** What the parts of the graph view share. */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Condition, Graph, Settings } from "./model";
import type { Shown, Store } from "./store";

export interface Verdict {
  words: string;
  source: string;
  /** What the condition speaks of and the version does not have. */
  unknown: string[];
}

export interface Desk {
  settings: Settings;
  store: Store;
  /** Whether this person may change this version. */
  canEdit: boolean;
  /** What the server says of a condition; throws ApiError. */
  check: (condition: Condition, signal: AbortSignal) => Promise<Verdict>;
  /** Brings a phase or the ends of a way into view. */
  show: (phases: readonly string[]) => void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("outside of the graph view");
  return desk;
}

export function useShown(): Shown {
  const { store } = useDesk();
  return useSyncExternalStore(store.subscribe, store.get);
}

export function useGraph(): Graph {
  return useShown().graph;
}
