/** Numbers on the canvas, in the words of the pages' own filters (`core/templatetags/display.py`). */

import type { Badge, NodeMark } from "../canvas/marks";
import { type Mark, noteOf } from "./marks";

/** `842 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. */
export function duration(ms: number): string {
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  let amount = Math.floor(ms / 1000);
  for (const [small, large, size] of UNITS) {
    const [whole, rest] = [Math.floor(amount / size), amount % size];
    if (whole < (LIMITS[large] ?? Infinity)) return `${whole} ${large}${rest ? ` ${rest} ${small}` : ""}`;
    amount = whole;
  }
  return `${amount} d`;
}

const UNITS = [
  ["s", "min", 60],
  ["min", "h", 60],
  ["h", "d", 24],
] as const;
const LIMITS: Record<string, number> = { min: 60, h: 24 };

/** Cents and parts of them: `$0.0042`, `$1.25`. */
export function money(cost: number): string {
  return `$${cost < 0.01 ? Number(cost.toPrecision(2)) : cost.toFixed(2)}`;
}

export function count(number: number): string {
  return number < 10_000 ? String(number) : `${Math.round(number / 1000)}k`;
}

/** What the canvas shows of a mark. */
export function shown(mark: Mark): NodeMark {
  const badges: Badge[] = [];
  if (mark.times > 1)
    badges.push({ icon: "repeat", text: `${mark.times}×`, label: `Ran ${mark.times} times` });
  if (mark.ms !== undefined)
    badges.push({ icon: "timer", text: duration(mark.ms), label: `Took ${duration(mark.ms)}` });
  if (mark.cost) badges.push({ text: money(mark.cost), label: `Cost ${money(mark.cost)}` });
  else if (mark.tokens) badges.push({ text: `${count(mark.tokens)} tok`, label: `${mark.tokens} tokens` });
  return { state: mark.state, note: noteOf({ ...mark, times: 1 }), badges: badges.slice(0, 3) };
}
