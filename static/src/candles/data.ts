/** Bars and detections as the server sends them: columns, so that 100,000 bars need no parsing. */

import type { CandlestickData, UTCTimestamp } from "lightweight-charts";

export interface Bars {
  first: number;
  count: number;
  time: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
}

export type Verdict = "" | "right" | "wrong" | "adjust";

export interface Detection {
  number: number;
  kind: string;
  direction: string;
  bar: number;
  price: number;
  confirmed_at: number;
  top: number | null;
  bottom: number | null;
  origin: number | null;
  verdict: Verdict;
  reason: string;
  /** When its bar and the one that confirmed it opened, in seconds since 1970. */
  time: number;
  known_time: number;
}

const COLUMNS = 5;

export function readBars(buffer: ArrayBuffer, first: number): Bars {
  const count = buffer.byteLength / 8 / COLUMNS;
  if (!Number.isInteger(count)) throw new Error("The bars did not arrive whole.");
  const column = (index: number): Float64Array => new Float64Array(buffer, index * count * 8, count);
  return {
    first,
    count,
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
  };
}

/** The bar with this number, counted as the candles are. */
export function candle(bars: Bars, bar: number): CandlestickData<UTCTimestamp> {
  const at = bar - bars.first;
  return {
    time: bars.time[at] as UTCTimestamp,
    open: bars.open[at] ?? 0,
    high: bars.high[at] ?? 0,
    low: bars.low[at] ?? 0,
    close: bars.close[at] ?? 0,
  };
}

export function readDetections(columns: Record<string, unknown[]>): Detection[] {
  const names = Object.keys(columns);
  return (columns.number ?? []).map(
    (_, row) => Object.fromEntries(names.map((name) => [name, columns[name]?.[row]])) as unknown as Detection,
  );
}

/** `swing_high` as people read it. */
export function spoken(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function priced(value: number): string {
  return value.toLocaleString("en-GB", { maximumSignificantDigits: value < 10 ? 5 : 8 });
}
