/** Which detection comes next, and which rows of a long list can be seen. */

import type { Detection } from "./data";
import { passes, type Filter } from "./filter";

/** The nearest after (or before) `from` that passes, by position in the whole list; none at its end. */
export function neighbour(
  detections: readonly Detection[],
  from: number,
  by: 1 | -1,
  filter: Filter,
): number | undefined {
  for (let at = from + by; at >= 0 && at < detections.length; at += by) {
    const each = detections[at];
    if (each && passes(each, filter)) return at;
  }
  return undefined;
}

/** Where to go on after a review: the next that nothing was said of, from the beginning where there is none. */
export function nextOpen(detections: readonly Detection[], from: number, filter: Filter): number | undefined {
  if (filter.verdict.size && !filter.verdict.has("open")) return neighbour(detections, from, 1, filter);
  const open = { ...filter, verdict: new Set(["open"]) };
  return neighbour(detections, from, 1, open) ?? neighbour(detections, -1, 1, open);
}

/** The rows of a long list that can be seen, and some around them. */
export function windowOf(
  top: number,
  height: number,
  row: number,
  count: number,
): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / row) - 5);
  return { from, to: Math.min(count, Math.ceil((top + height) / row) + 5) };
}

/** The one that lies within two bars of this one, by position in the whole list; the nearest of several. */
export function nearest(detections: readonly Detection[], bar: number, filter: Filter): number | undefined {
  let [found, away]: [number | undefined, number] = [undefined, 3];
  for (const [at, each] of detections.entries()) {
    const distance = Math.abs(each.bar - bar);
    if (distance < away && passes(each, filter)) [found, away] = [at, distance];
  }
  return found;
}
