/** What a chart shows, and its arithmetic, apart from drawing. */

export interface Series {
  label: string;
  tone: string;
  values: (number | null)[];
}

export interface ChartData {
  kind: "stack" | "lines";
  /** `usdc`, `isk`, `price` (of a token) and `fall` (a share below a peak) are drawn from their lowest to their highest, the others from zero. */
  unit: "count" | "share" | "ms" | "usd" | "usdc" | "isk" | "price" | "fall";
  labels: string[];
  series: Series[];
}

/** Each series on top of those before it, so that the last one is the whole. */
export function stacked(series: Series[]): number[][] {
  const sums: number[][] = [];
  for (const each of series) {
    const below = sums.at(-1);
    sums.push(each.values.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return sums;
}

/** Along the axis and beside the pointer; the same words as the tables. */
export function say(value: number | null | undefined, unit: ChartData["unit"]): string {
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "share":
      return `${String(value > 0 && value < 1 ? Math.min(99, Math.max(1, Math.round(value * 100))) : Math.round(value * 100))} %`;
    case "ms":
      return duration(value);
    case "usd":
      return `$${value >= 1 || value === 0 ? value.toFixed(2) : value.toFixed(4)}`;
    case "usdc":
      return `${minus(value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }))} USDC`;
    case "isk":
      return `${minus(value.toLocaleString("en", { maximumFractionDigits: 0 }))} ISK`;
    case "price":
      return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });
    case "fall":
      return `${minus((value * 100).toFixed(1))} %`;
    case "count":
      return value.toLocaleString("en");
  }
}

/** The same along an axis, whose chart names the unit: no longer than it must be. */
export function sayOnAxis(value: number, unit: ChartData["unit"]): string {
  if (unit === "isk") return minus(value.toLocaleString("en", { notation: "compact" }));
  return unit === "usdc" ? minus(value.toLocaleString("en", { maximumFractionDigits: 2 })) : say(value, unit);
}

/** With the sign that is written, and none before a nought. */
function minus(text: string): string {
  return /[1-9]/.test(text) ? text.replace("-", "\u2212") : text.replace("-", "");
}

function duration(milliseconds: number): string {
  if (milliseconds < 1) return "<1 ms";
  if (milliseconds < 1000) return `${String(Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min${rest(Math.floor(seconds % 60), "s")}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${String(Math.floor(minutes / 60))} h${rest(minutes % 60, "min")}`;
  const hours = Math.floor(minutes / 60);
  return `${String(Math.floor(hours / 24))} d${rest(hours % 24, "h")}`;
}

function rest(amount: number, unit: string): string {
  return amount ? ` ${String(amount)} ${unit}` : "";
}

/** One sentence about one place along x, for the status line and for screen readers. */
export function told(data: ChartData, index: number): string {
  const parts = data.series.map((each) => `${each.label} ${say(each.values[index], data.unit)}`);
  return `${data.labels[index] ?? ""}: ${parts.join(", ")}`;
}

/** Whole numbers along x at which a label stands, so that they do not run into each other. */
export function ticks(count: number, room: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(1, room)));
  return Array.from({ length: Math.ceil(count / step) }, (_, number) => number * step);
}
