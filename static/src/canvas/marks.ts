/** What may be shown on nodes and edges beside what they are: the state of a run, figures, problems. */

import type { State } from "../run/marks";

export type { State };

export interface Badge {
  /** An icon of the sprite. */
  icon?: string;
  text: string;
  /** What the figure means, for the pointer and for screen readers: "Ran 3 times". */
  label: string;
}

export interface NodeMark {
  /** Of a run; gives the node its tone and its status icon. */
  state?: State;
  /** Second line of the node instead of its type's title: "3 of 10 items". */
  note?: string;
  /** Figures below the node: how often it ran, how long, what it cost. At most three fit. */
  badges?: readonly Badge[];
  problem?: "error" | "warning";
  /** What the problem is, in a sentence. */
  problemText?: string;
}

export interface EdgeMark {
  /** Of a run: whether a token went this way. Left out: not known, drawn as usual. */
  taken?: boolean;
  problem?: "error" | "warning";
  problemText?: string;
}

export type NodeMarks = ReadonlyMap<string, NodeMark>;
export type EdgeMarks = ReadonlyMap<string, EdgeMark>;

export const NO_NODE_MARKS: NodeMarks = new Map();
export const NO_EDGE_MARKS: EdgeMarks = new Map();

export const TONES: Record<State, string> = {
  running: "tone-running",
  waiting: "tone-waiting",
  retrying: "tone-waiting",
  done: "tone-good",
  earlier: "tone-good",
  skipped: "tone-muted",
  failed: "tone-bad",
  cancelled: "tone-muted",
};
