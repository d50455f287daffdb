/** How far a run has come, from its events: the same marks as `queries/marks.py` makes from stored ones. */

export type State =
  "running" | "waiting" | "retrying" | "done" | "earlier" | "skipped" | "failed" | "cancelled";

export interface Mark {
  state: State;
  times: number;
  done: number | null;
  total: number | null;
  note?: string;
}

export interface Marks {
  nodes: Record<string, Mark>;
  edges: string[];
}

/** An event as the live feed sends it. */
export interface RunEvent {
  seq: number;
  type: string;
  node_id: string;
  data: Record<string, unknown>;
}

const STATES: Record<string, State> = {
  step_started: "running",
  step_restarted: "running",
  step_expanded: "running",
  step_succeeded: "done",
  step_ended: "done",
  step_failed: "failed",
  step_waiting: "waiting",
  step_stuck: "waiting",
  step_cancelled: "cancelled",
};

export const WORDS: Record<State, string> = {
  running: "Running",
  waiting: "Waiting",
  retrying: "Will be retried",
  done: "Done",
  earlier: "Done by the earlier run",
  skipped: "Skipped",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const ICONS: Record<State, string> = {
  running: "loader-circle",
  waiting: "hourglass",
  retrying: "rotate-ccw",
  done: "circle-check",
  earlier: "circle-check",
  skipped: "skip-forward",
  failed: "circle-x",
  cancelled: "circle-slash",
};

export function noteOf(mark: Mark): string {
  let text = WORDS[mark.state];
  if (mark.total !== null && (mark.state === "running" || mark.state === "waiting"))
    text = `${mark.done ?? 0} of ${mark.total} items`;
  return mark.times > 1 ? `${text} · ${mark.times}×` : text;
}

/** The marks after one more event; events inside a map change only its number of items. */
export function afterEvent(marks: Marks, event: RunEvent): Marks {
  const { data, node_id: node } = event;
  if (data.scope !== "" || node === "") return marks;
  const edges = withSent(marks.edges, data.sends);
  const before = marks.nodes[node];
  if (event.type === "item_finished" && before) {
    return { edges, nodes: { ...marks.nodes, [node]: { ...before, done: (before.done ?? 0) + 1 } } };
  }
  const state = stateOf(event);
  if (!state) return { ...marks, edges };
  const times = typeof data.iteration === "number" ? data.iteration : 1;
  const isSame = before?.times === times;
  const mark: Mark = {
    state,
    times,
    done: isSame ? before.done : null,
    total: isSame ? before.total : null,
  };
  if (event.type === "step_expanded") {
    mark.done = 0;
    mark.total = Array.isArray(data.items) ? data.items.length : 0;
  }
  return { edges, nodes: { ...marks.nodes, [node]: mark } };
}

function stateOf({ type, data }: RunEvent): State | undefined {
  const state = STATES[type];
  if (type === "step_failed" && data.retry_at !== undefined) return "retrying";
  if (type === "step_succeeded" && data.skipped === true) return "skipped";
  if (type === "step_ended" && data.succeeded === false) return "failed";
  return state;
}

function withSent(edges: string[], sends: unknown): string[] {
  if (!Array.isArray(sends)) return edges;
  const known = new Set(edges);
  for (const sent of sends) if (Array.isArray(sent) && typeof sent[0] === "string") known.add(sent[0]);
  return known.size === edges.length ? edges : [...known];
}
