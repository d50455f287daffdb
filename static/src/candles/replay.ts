/** What was known when: the bars are played one by one, and nothing is shown before its bar closed. */

import type { Detection } from "./data";

/** How many detections were known with the close of this bar. They are ordered by when they were known. */
export function knownAt(detections: readonly Detection[], bar: number): number {
  let low = 0;
  let high = detections.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((detections[middle]?.confirmed_at ?? 0) <= bar) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Range {
  first: number;
  last: number;
}

export class Replay {
  private at: number | undefined;

  constructor(private readonly range: Range) {}

  /** The bar that is the last to be seen; all of them where nothing is replayed. */
  get now(): number {
    return this.at ?? this.range.last;
  }

  get isOn(): boolean {
    return this.at !== undefined;
  }

  get isAtEnd(): boolean {
    return this.now >= this.range.last;
  }

  start(bar: number): void {
    this.at = this.within(bar);
  }

  stop(): void {
    this.at = undefined;
  }

  /** Whether it moved. */
  step(by: number): boolean {
    const before = this.now;
    this.at = this.within(before + by);
    return this.at !== before;
  }

  within(bar: number): number {
    return Math.min(Math.max(Math.round(bar), this.range.first), this.range.last);
  }
}
