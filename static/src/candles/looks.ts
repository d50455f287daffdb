/** The colours and letters of the chart, as the present theme has them. */

import type { IChartApi, ISeriesApi, Time } from "lightweight-charts";
import type { Words } from "./clock";

export type Look = Record<"up" | "down" | "text" | "grid" | "chosen", string>;

interface Dressed {
  host: HTMLElement;
  words: Words;
  look: Look;
}

export function dress(
  chart: IChartApi,
  series: ISeriesApi<"Candlestick">,
  { host, words, look }: Dressed,
): void {
  const { up, down, text, grid } = look;
  series.applyOptions({ upColor: up, wickUpColor: up, downColor: down, wickDownColor: down });
  series.applyOptions({ borderVisible: false });
  chart.applyOptions({
    layout: { background: { color: "transparent" }, textColor: text, fontFamily: fontOf(host) },
    grid: { vertLines: { color: grid }, horzLines: { color: grid } },
    rightPriceScale: { borderColor: grid },
    localization: { timeFormatter: (time: Time) => words.exact(time as number) },
    timeScale: {
      borderColor: grid,
      timeVisible: true,
      rightOffset: 5,
      minBarSpacing: 0.02,
      tickMarkFormatter: words.tick,
    },
  });
}

export function lookOf(host: HTMLElement): Look {
  const styles = getComputedStyle(host);
  const read = (name: string): string => styles.getPropertyValue(`--candle-${name}`).trim() || "#808080";
  return {
    up: read("up"),
    down: read("down"),
    text: read("text"),
    grid: read("grid"),
    chosen: read("chosen"),
  };
}

function fontOf(host: HTMLElement): string {
  return getComputedStyle(host).fontFamily;
}
