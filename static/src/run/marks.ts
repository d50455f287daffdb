/** How far a run has come, from its events: the same marks as `queries/marks.py` makes from stored ones. */

export type State =
  "running" | "waiting" | "retrying" | "done" | "earlier" | "skipped" | "failed" | "cancelled";

export interface Mark extends Figures {
  state: State;
  times: number;
  done: number | null;
  total: number | null;
  note?: string;
  /** When the firing that is under way began, in milliseconds. */
  since?: number | undefined;
}

/** What all attempts at a node took so far, and the last run that it started. */
export interface Figures {
  ms?: number | undefined;
  cost?: number | undefined;
  tokens?: number | undefined;
  child?: string | undefined;
}

export interface Marks {
  nodes: Record<string, Mark>;
  edges: string[];
}

/** An event as the live feed sends it, or as the timeline has it: in brief, with a sentence and figures. */
export interface RunEvent extends Figures {
  seq: number;
  type: string;
  node_id: string;
  data: Record<string, unknown>;
  occurred_at?: string;
  /** The same as a number. */
  at?: number;
  sentence?: string;
}

export const NO_MARKS: Marks = { nodes: {}, edges: [] };

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

/** The workflow's own marks after one more event; events inside a map change only its number of items. */
export function afterEvent(marks: Marks, event: RunEvent): Marks {
  if (event.data.scope !== "" || event.node_id === "") return marks;
  const before = marks.nodes[event.node_id];
  const mark = markAfter(before, event);
  const edges = withSent(marks.edges, sentBy(event));
  return mark === before
    ? { ...marks, edges }
    : { edges, nodes: { ...marks.nodes, ...(mark && { [event.node_id]: mark }) } };
}

/** The mark of the event's node after it; the same as before where the event changes nothing of it. */
export function markAfter(before: Mark | undefined, event: RunEvent): Mark | undefined {
  const { data } = event;
  if (event.type === "item_finished" && before) return { ...before, done: (before.done ?? 0) + 1 };
  const state = stateOf(event);
  if (!state) return before;
  const times = typeof data.iteration === "number" ? data.iteration : 1;
  const isSame = before?.times === times;
  const mark: Mark = {
    state,
    times,
    done: isSame ? before.done : null,
    total: isSame ? before.total : null,
    ...figuresAfter(before, isSame, event),
  };
  return event.type === "step_expanded" ? { ...mark, done: 0, total: itemsIn(data) } : mark;
}

function itemsIn({ items, total }: Record<string, unknown>): number {
  return Array.isArray(items) ? items.length : typeof total === "number" ? total : 0;
}

/** The edges along which the event sent tokens. */
export function sentBy({ data }: RunEvent): string[] {
  if (!Array.isArray(data.sends)) return [];
  const sends = data.sends as unknown[];
  return sends.flatMap((sent) => (Array.isArray(sent) && typeof sent[0] === "string" ? [sent[0]] : []));
}

const ENDS = new Set(["step_succeeded", "step_ended", "step_failed", "step_cancelled"]);

function figuresAfter(
  before: Mark | undefined,
  isSame: boolean,
  event: RunEvent,
): Figures & { since?: number } {
  const at = event.at ?? (event.occurred_at === undefined ? undefined : Date.parse(event.occurred_at));
  const figures: Figures & { since?: number } = {};
  const child = typeof event.data.child === "string" ? event.data.child : before?.child;
  if (child !== undefined) figures.child = child;
  const since = isSame ? before?.since : undefined;
  if (!ENDS.has(event.type)) {
    if (before?.ms !== undefined) figures.ms = before.ms;
    if (at !== undefined) figures.since = since ?? at;
  } else {
    const took = event.ms ?? (since !== undefined && at !== undefined ? at - since : undefined);
    if (took !== undefined || before?.ms !== undefined) figures.ms = (before?.ms ?? 0) + (took ?? 0);
  }
  const { cost, tokens } = usageOf(event);
  if (cost || before?.cost !== undefined) figures.cost = (before?.cost ?? 0) + cost;
  if (tokens || before?.tokens !== undefined) figures.tokens = (before?.tokens ?? 0) + tokens;
  return figures;
}

function usageOf(event: RunEvent): { cost: number; tokens: number } {
  const usage = event.data.usage as { cost?: string | number; tokens?: number } | undefined;
  return { cost: event.cost ?? Number(usage?.cost ?? 0), tokens: event.tokens ?? usage?.tokens ?? 0 };
}

function stateOf({ type, data }: RunEvent): State | undefined {
  const state = STATES[type];
  if (type === "step_failed" && data.retry_at !== undefined) return "retrying";
  if (type === "step_succeeded" && data.skipped === true) return "skipped";
  if (type === "step_ended" && data.succeeded === false) return "failed";
  return state;
}

function withSent(edges: string[], sent: string[]): string[] {
  const known = new Set([...edges, ...sent]);
  return known.size === edges.length ? edges : [...known];
}
