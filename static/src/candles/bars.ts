/** Bars come in pieces: those around what is looked at first, more when somebody scrolls or zooms out. */

import type { CandlestickData } from "lightweight-charts";
import { candle, readBars, type Bars } from "./data";
import type { Range } from "./replay";

export const PIECE = 4096;

type Load = (first: number, last: number) => Promise<ArrayBuffer>;

export class BarStore {
  private readonly pieces = new Map<number, Bars>();
  private readonly coming = new Map<number, Promise<void>>();

  /** `load` gives the bars from one to another, both included. */
  constructor(
    readonly range: Range,
    private readonly load: Load,
  ) {}

  has(bar: number): boolean {
    return bar >= this.range.first && bar <= this.range.last && this.pieces.has(placeOf(bar));
  }

  at(bar: number): CandlestickData | undefined {
    const piece = this.has(bar) ? this.pieces.get(placeOf(bar)) : undefined;
    return piece && candle(piece, bar);
  }

  /** In seconds since 1970; none of a bar that did not come yet. */
  time(bar: number): number | undefined {
    return this.at(bar)?.time as number | undefined;
  }

  isWhole(from: number, to: number): boolean {
    return this.missing(from, to).length === 0;
  }

  /** Loads what is missing between two bars. Rejects where a piece does not come; asking again tries again. */
  async need(from: number, to: number): Promise<void> {
    await Promise.all(this.missing(from, to).map((place) => this.coming.get(place) ?? this.fetch(place)));
  }

  /** The bars around this one that are there without a gap; none where it is not there itself. */
  around(bar: number): Range | undefined {
    if (!this.has(bar)) return undefined;
    let from = placeOf(bar);
    let to = from;
    while (this.pieces.has(from - 1)) from--;
    while (this.pieces.has(to + 1)) to++;
    return { first: this.begin(from), last: this.end(to) };
  }

  private missing(from: number, to: number): number[] {
    const first = placeOf(Math.max(from, this.range.first));
    const last = placeOf(Math.min(to, this.range.last));
    const places = Array.from({ length: Math.max(last - first + 1, 0) }, (_, at) => first + at);
    return places.filter((place) => !this.pieces.has(place));
  }

  private fetch(place: number): Promise<void> {
    const first = this.begin(place);
    const last = this.end(place);
    const promise = this.load(first, last)
      .then((buffer) => {
        const bars = readBars(buffer, first);
        if (bars.count !== last - first + 1) throw new Error("The bars did not arrive whole.");
        this.pieces.set(place, bars);
      })
      .finally(() => this.coming.delete(place));
    this.coming.set(place, promise);
    return promise;
  }

  private begin(place: number): number {
    return Math.max(place * PIECE, this.range.first);
  }

  private end(place: number): number {
    return Math.min((place + 1) * PIECE - 1, this.range.last);
  }
}

/** Pieces begin at the same bars in every session, so that a browser keeps them for all. */
function placeOf(bar: number): number {
  return Math.floor(bar / PIECE);
}
