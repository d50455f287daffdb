/** Draws a chart with uPlot in the colours of the present theme. */

import uPlot from "uplot";
import { type ChartData, sayOnAxis, stacked, ticks } from "./model";

const HEIGHT = 220;
const LABEL_ROOM = 64;
const CHARACTER = 7;

export function draw(place: HTMLElement, data: ChartData, moved: (index: number | null) => void): uPlot {
  const colour = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
  const text = colour("--chart-text");
  const line = colour("--chart-line");
  const isStack = data.kind === "stack";
  const places = data.labels.map((_, index) => index);
  const drawn = isStack ? stacked(data.series) : data.series.map((each) => each.values);
  const series = data.series.map((each, index): uPlot.Series => {
    const stroke = colour(`--chart-${each.tone}`);
    return isStack
      ? { label: each.label, fill: stroke, stroke, width: 0, points: { show: false }, ...bars() }
      : { label: each.label, stroke, width: 2, dash: index % 2 ? [6, 4] : [], spanGaps: true };
  });
  if (isStack) {
    drawn.reverse(); // the whole first, what stands before it on top
    series.reverse();
  }
  const room = Math.max(
    LABEL_ROOM,
    CHARACTER * Math.max(0, ...data.labels.map((label) => label.length)) + 20,
  );
  const axis: uPlot.Axis = {
    stroke: text,
    font: `12px ${getComputedStyle(place).fontFamily}`,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: !isStack } },
    scales: {
      x: { time: false, range: () => [-0.6, data.labels.length - 0.4] },
      y: scaleOf(data.unit),
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        splits: (plot) => ticks(data.labels.length, Math.floor(plot.width / room)),
        values: (_plot, splits) => splits.map((split) => data.labels[split] ?? ""),
      },
      {
        ...axis,
        size: 72,
        grid: { ...axis.grid, filter: (_plot, splits) => named(splits, data) },
        values: (_plot, splits) => splits.map((split) => sayTick(split, data)),
      },
    ],
    series: [{}, ...series],
    hooks: { setCursor: [(plot) => moved(plot.cursor.idx ?? null)] },
  };
  return new uPlot(options, [places, ...drawn] as uPlot.AlignedData, place);
}

function sayTick(value: number | null, data: ChartData): string {
  const [shown = null] = named([value], data);
  return shown === null ? "" : sayOnAxis(shown, data.unit);
}

/** On a scale of powers of ten only these are named and have a line; null stands for the others. */
function named(splits: readonly (number | null)[], { unit }: ChartData): (number | null)[] {
  const isWhole = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;
  return splits.map((value) => (value !== null && (unit !== "ms" || isWhole(value)) ? value : null));
}

function scaleOf(unit: ChartData["unit"]): uPlot.Scale {
  if (unit === "ms") return byDecades();
  if (["usdc", "isk", "price"].includes(unit)) return around();
  if (unit === "fall") return { range: (_plot, low) => [Math.min(low * 1.08, -0.01), 0] };
  return upTo(unit === "share" ? 1 : null);
}

/** From the lowest to the highest with some air, so that what changes is seen. */
function around(): uPlot.Scale {
  return {
    range: (_plot, low, high) => {
      const air = (high - low) * 0.08 || Math.abs(high) * 0.001 || 1;
      return [low - air, high + air];
    },
  };
}

/** Durations differ by powers of ten, and the short ones matter, too. */
function byDecades(): uPlot.Scale {
  const range: uPlot.Range.Function = (_plot, low, high) => [
    10 ** Math.floor(Math.log10(Math.max(low, 1))),
    10 ** Math.ceil(Math.log10(Math.max(high, 2))),
  ];
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- esbuild knows no const enums
  return { distr: 3, range };
}

function upTo(most: number | null): uPlot.Scale {
  return { range: (_plot, _low, high) => [0, most ?? (Math.max(high, 0) * 1.08 || 1)] };
}

function bars(): { paths?: uPlot.Series.PathBuilder } {
  const paths = uPlot.paths.bars?.({ size: [0.7, 32], align: 0 });
  return paths ? { paths } : {};
}
