/** Which detections are shown, in the address and remembered for the next session. */

import type { Detection } from "./data";

export const FIELDS = ["kind", "direction", "verdict"] as const;
export type Field = (typeof FIELDS)[number];

/** What is let through of each; all of it where nothing is named. */
export type Filter = Record<Field, ReadonlySet<string>>;

export const ALL: Filter = { kind: new Set(), direction: new Set(), verdict: new Set() };

export function passes(detection: Detection, filter: Filter): boolean {
  const lets = (field: Field, value: string): boolean => !filter[field].size || filter[field].has(value);
  return (
    lets("kind", detection.kind) &&
    lets("direction", detection.direction) &&
    lets("verdict", detection.verdict || "open")
  );
}

export function isNarrow(filter: Filter): boolean {
  return FIELDS.some((field) => filter[field].size > 0);
}

/** What an address asks for, of what there is; none where it asks for nothing. */
export function readFilter(search: string, known: Record<Field, readonly string[]>): Filter {
  const asked = new URLSearchParams(search);
  const read = (field: Field): ReadonlySet<string> =>
    new Set(asked.getAll(field).filter((value) => known[field].includes(value)));
  return { kind: read("kind"), direction: read("direction"), verdict: read("verdict") };
}

/** An address's search with this filter, what else stands in it kept. */
export function writeFilter(search: string, filter: Filter): string {
  const params = new URLSearchParams(search);
  for (const field of FIELDS) {
    params.delete(field);
    for (const value of filter[field]) params.append(field, value);
  }
  const text = params.toString();
  return text && `?${text}`;
}
