/** What can be done to a graph, as the server takes it, and what undoes it. */

import type { Position } from "../canvas/graph";
import { type Condition, type Graph, type Phase, phaseOf, type Way, wayOf, waysFrom } from "./model";

export type PhaseValues = Partial<
  Pick<
    Phase,
    "key" | "name" | "kind" | "purpose" | "outcome" | "text" | "form" | "optional" | "requires_completion"
  >
>;
export type WayValues = Partial<{ source: string; target: string; label: string; condition: Condition }>;
export type Places = Record<string, Position | null>;

export type Change =
  | { do: "move"; places: Places }
  | { do: "add_phase"; id?: string; values: PhaseValues; place?: Position | null; order?: number }
  | { do: "change_phase"; id: string; values: PhaseValues }
  | { do: "delete_phase"; id: string }
  | { do: "order_phases"; phases: string[] }
  | { do: "add_way"; id?: string; values: WayValues; order?: number }
  | { do: "change_way"; id: string; values: WayValues }
  | { do: "delete_way"; id: string }
  | { do: "order_ways"; phase: string; ways: string[] };

/** What puts back what these changes did to `before`; `made` are the ids that the server gave.
 *
 * Null where nothing can: prompts that were deleted with their phase do not come back.
 */
export function inverse(
  before: Graph,
  changes: readonly Change[],
  made: readonly (string | null)[],
): Change[] | null {
  const back: Change[] = [];
  for (const [index, change] of changes.entries()) {
    const undone = inverseOfOne(before, change, made[index] ?? null);
    if (!undone) return null;
    back.unshift(...undone);
  }
  return back;
}

function inverseOfOne(before: Graph, change: Change, made: string | null): Change[] | null {
  switch (change.do) {
    case "move":
      return [{ do: "move", places: placesBefore(before, Object.keys(change.places)) }];
    case "add_phase":
      return made ? [{ do: "delete_phase", id: made }] : null;
    case "add_way":
      return made ? [{ do: "delete_way", id: made }] : null;
    case "change_phase": {
      const phase = phaseOf(before, change.id);
      return phase ? [{ ...change, values: valuesBefore(phase, change.values) }] : null;
    }
    case "change_way": {
      const way = wayOf(before, change.id);
      return way ? [{ ...change, values: valuesBefore(wayValues(way), change.values) }] : null;
    }
    case "delete_phase":
      return phaseBack(before, change.id);
    case "delete_way": {
      const way = wayOf(before, change.id);
      return way ? [wayBack(way)] : null;
    }
    case "order_phases":
      return [{ do: "order_phases", phases: before.phases.map(({ id }) => id) }];
    case "order_ways":
      return [{ ...change, ways: waysFrom(before, change.phase).map(({ id }) => id) }];
  }
}

function placesBefore(before: Graph, ids: readonly string[]): Places {
  return Object.fromEntries(ids.map((id) => [id, phaseOf(before, id)?.place ?? null]));
}

function valuesBefore<V extends object>(before: V, changed: Partial<V>): Partial<V> {
  const names = Object.keys(changed) as (keyof V)[];
  return Object.fromEntries(names.map((name) => [name, before[name]])) as Partial<V>;
}

function phaseBack(before: Graph, id: string): Change[] | null {
  const phase = phaseOf(before, id);
  if (!phase || phase.prompts > 0) return null;
  const { key, name, kind, purpose, outcome, text, form, optional, requires_completion } = phase;
  const values = { key, name, kind, purpose, outcome, text, form, optional, requires_completion };
  const ways = before.ways.filter((way) => way.source === id || way.target === id);
  return [{ do: "add_phase", id, values, place: phase.place, order: phase.order }, ...ways.map(wayBack)];
}

function wayBack(way: Way): Change {
  return { do: "add_way", id: way.id, values: wayValues(way), order: way.order };
}

function wayValues({ source, target, label, condition }: Way): Required<WayValues> {
  return { source, target, label, condition: stored(condition) };
}

/** As it is kept: what always holds has no kind. */
export function stored({ type, value }: Condition): Condition {
  return type === "always" ? { type: "", value: null } : { type, value };
}
