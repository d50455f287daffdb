/** A run's events in the browser: the marks of every scope right after any of them.
 *
 * They are folded one after the other. Every so many events what stands then is kept; going back folds from
 * the nearest of those.
 */

import { type Mark, markAfter, type Marks, NO_MARKS, type RunEvent, sentBy } from "./marks";

export const KEYFRAME = 200;

interface ScopeMarks {
  nodes: Map<string, Mark>;
  edges: Set<string>;
}

/** Marks by scope: "" is the workflow itself, "each#1/4" the fifth item of the map `each`. Good until the
 * timeline is asked for another moment. */
export interface Moment {
  get: (scope: string) => Marks | undefined;
  scopes: () => string[];
}

export class Timeline implements Moment {
  /** In order and without gaps, from event 1 on. */
  readonly events: RunEvent[] = [];
  private readonly kept: ReadonlyMap<string, ScopeMarks>[];
  private now: Map<string, ScopeMarks>;
  /** Scopes that are not shared with a keyframe, and so may be changed in place. */
  private own = new Set<string>();
  private count = 0;

  /** `start` is what was marked before the first event: what an earlier run had done. */
  constructor(start: Marks = NO_MARKS) {
    this.now = new Map([["", { nodes: new Map(Object.entries(start.nodes)), edges: new Set(start.edges) }]]);
    this.kept = [new Map(this.now)];
  }

  get last(): number {
    return this.events.length;
  }

  /** Takes the events that follow on those at hand, and passes over those that it has. */
  add(events: readonly RunEvent[]): void {
    for (const event of events) if (event.seq === this.events.length + 1) this.events.push(event);
  }

  /** The marks right after event `seq`; of the last one at hand where that is beyond it. */
  at(seq: number): Moment {
    const wanted = Math.max(0, Math.min(seq, this.events.length));
    const nearest = Math.min(Math.floor(wanted / KEYFRAME), this.kept.length - 1);
    if (wanted < this.count || nearest * KEYFRAME > this.count) {
      this.now = new Map(this.kept[nearest]);
      this.own.clear();
      this.count = nearest * KEYFRAME;
    }
    while (this.count < wanted) this.step();
    return this;
  }

  get(scope: string): Marks | undefined {
    const found = this.now.get(scope);
    return found && { nodes: Object.fromEntries(found.nodes), edges: [...found.edges] };
  }

  scopes(): string[] {
    return [...this.now.keys()];
  }

  private step(): void {
    const event = this.events[this.count];
    if (!event) return;
    this.count += 1;
    if (event.node_id !== "" && typeof event.data.scope === "string") this.fold(event, event.data.scope);
    if (this.count === this.kept.length * KEYFRAME) {
      this.kept.push(new Map(this.now));
      this.own.clear();
    }
  }

  private fold(event: RunEvent, scope: string): void {
    const marks = this.changeable(scope);
    const before = marks.nodes.get(event.node_id);
    const mark = markAfter(before, event);
    if (mark && mark !== before) marks.nodes.set(event.node_id, mark);
    for (const edge of sentBy(event)) marks.edges.add(edge);
  }

  private changeable(scope: string): ScopeMarks {
    const shared = this.now.get(scope);
    if (shared && this.own.has(scope)) return shared;
    const marks = { nodes: new Map(shared?.nodes), edges: new Set(shared?.edges) };
    this.now.set(scope, marks);
    this.own.add(scope);
    return marks;
  }
}

/** The scopes of a map's items at a moment, in the order of the items. */
export function itemsOf(moment: Moment, mapScope: string, node: string): string[] {
  const prefix = mapScope === "" ? `${node}#` : `${mapScope}>${node}#`;
  const isItem = (scope: string) => scope.startsWith(prefix) && !scope.slice(prefix.length).includes(">");
  const order = (scope: string) => scope.slice(prefix.length).split("/").map(Number);
  return moment
    .scopes()
    .filter(isItem)
    .sort((a, b) => {
      const [firingA = 0, itemA = 0] = order(a);
      const [firingB = 0, itemB = 0] = order(b);
      return firingA - firingB || itemA - itemB;
    });
}
