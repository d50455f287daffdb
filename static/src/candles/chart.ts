/** The chart of a session: bars up to one of them, detections as marks, and the bar that is pointed at. */

import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Item } from "./cart";
import { candle, type Bars, type Detection } from "./data";
import { Zones } from "./zones";

const MOST_MARKS = 400;
const AROUND = 60; // bars beside a chosen detection

type Look = Record<"up" | "down" | "text" | "grid" | "chosen", string>;

export class CandleChart {
  private readonly chart: IChartApi;
  private readonly series: ISeriesApi<"Candlestick">;
  private readonly marks: ISeriesMarkersPluginApi<Time>;
  private readonly zones: Zones;
  private look: Look;
  private shown = 0;
  private known: readonly Detection[] = [];
  private corrections: readonly Item[] = [];
  private chosen: Detection | undefined;
  private isDrawing = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly bars: Bars,
    onPick: (bar: number, price: number | undefined) => void,
  ) {
    this.look = lookOf(host);
    this.chart = createChart(host, { autoSize: true, layout: { attributionLogo: false } });
    this.series = this.chart.addSeries(CandlestickSeries, {
      priceLineVisible: false,
      lastValueVisible: false,
    });
    this.marks = createSeriesMarkers<Time>(this.series, []);
    this.zones = new Zones(bars.first);
    this.series.attachPrimitive(this.zones);
    this.dress();
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.mark());
    this.chart.subscribeClick((event) => this.clicked(event, onPick));
    const dress = (): void => {
      this.look = lookOf(host);
      this.dress();
      this.mark();
    };
    const watch = { attributes: true, attributeFilter: ["data-theme"] };
    new MutationObserver(dress).observe(document.documentElement, watch);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  }

  /** Show the bars up to this one; only what changed is given to the chart. */
  showTo(bar: number): void {
    const count = bar - this.bars.first + 1;
    if (count === this.shown + 1) this.series.update(candle(this.bars, bar));
    else if (count === this.shown - 1 && count > 0) this.series.pop(1);
    else if (count !== this.shown) {
      this.series.setData(Array.from({ length: count }, (_, at) => candle(this.bars, this.bars.first + at)));
    }
    this.shown = count;
  }

  /** Marks are made for those in view only, so that thousands cost nothing. */
  showDetections(known: readonly Detection[], chosen: Detection | undefined): void {
    this.known = known;
    this.chosen = chosen;
    this.mark();
  }

  /** Where patterns lie that people moved or added. */
  showCorrections(items: readonly Item[]): void {
    this.corrections = items.filter((item) => item.verdict === "adjust" || item.verdict === "missed");
    this.mark();
  }

  centre(bar: number): void {
    const at = bar - this.bars.first;
    const range = this.chart.timeScale().getVisibleLogicalRange();
    const half = range ? Math.min((range.to - range.from) / 2, 4 * AROUND) : AROUND;
    if (range && at > range.from + half * 0.2 && at < range.to - half * 0.2 && half > 5) return;
    this.chart.timeScale().setVisibleLogicalRange({ from: at - half, to: at + half });
  }

  point(bar: number): void {
    const { close, time } = candle(this.bars, bar);
    this.centre(bar);
    this.chart.setCrosshairPosition(close, time, this.series);
  }

  unpoint(): void {
    this.chart.clearCrosshairPosition();
  }

  zoomTo(last: number): void {
    const to = last - this.bars.first;
    this.chart.timeScale().setVisibleLogicalRange({ from: to - 3 * AROUND, to: to + 5 });
  }

  private clicked(event: MouseEventParams, onPick: (bar: number, price: number | undefined) => void): void {
    if (event.logical === undefined || !event.point) return;
    const bar = Math.round(event.logical) + this.bars.first;
    if (bar < this.bars.first || bar >= this.bars.first + this.shown) return;
    onPick(bar, this.series.coordinateToPrice(event.point.y) ?? undefined);
  }

  private mark(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      const range = this.chart.timeScale().getVisibleLogicalRange();
      if (!range) return;
      const from = range.from + this.bars.first - 5;
      const to = range.to + this.bars.first + 5;
      const near = this.known.filter((each) => each.bar >= from && each.bar <= to);
      const drawn = near.length > MOST_MARKS ? near.filter((each) => each === this.chosen) : near;
      const added = this.corrections.filter((item) => item.bar >= from && item.bar <= to);
      const marks = [...drawn.map((each) => this.markOf(each)), ...added.map((item) => this.squareOf(item))];
      this.marks.setMarkers(marks.sort((a, b) => (a.time as number) - (b.time as number)));
      this.zones.show(
        drawn.map((detection) => ({
          detection,
          color: this.colorOf(detection),
          isChosen: detection === this.chosen,
        })),
      );
    });
  }

  private markOf(each: Detection): SeriesMarker<Time> {
    const isChosen = each === this.chosen;
    const isAbove = each.direction === "bearish";
    return {
      time: this.bars.time[each.bar - this.bars.first] as UTCTimestamp,
      position: isAbove ? "aboveBar" : "belowBar",
      shape: each.verdict ? "circle" : isAbove ? "arrowDown" : "arrowUp",
      color: this.colorOf(each),
      size: isChosen ? 2 : 1,
      ...(isChosen && { text: String(each.number) }),
    };
  }

  private squareOf(item: Item): SeriesMarker<Time> {
    return {
      time: this.bars.time[item.bar - this.bars.first] as UTCTimestamp,
      position: item.direction === "bearish" ? "aboveBar" : "belowBar",
      shape: "square",
      color: this.look.chosen,
    };
  }

  private colorOf(each: Detection): string {
    if (each === this.chosen) return this.look.chosen;
    if (each.verdict === "wrong") return this.look.text;
    return each.direction === "bearish" ? this.look.down : this.look.up;
  }

  private dress(): void {
    const { up, down, text, grid } = this.look;
    this.series.applyOptions({ upColor: up, wickUpColor: up, downColor: down, wickDownColor: down });
    this.series.applyOptions({ borderVisible: false });
    const zone = document.documentElement.dataset.zone ?? "UTC";
    const exact = new Intl.DateTimeFormat("en-GB", {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: zone,
    });
    const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: zone });
    const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: zone });
    const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: zone });
    this.chart.applyOptions({
      layout: { background: { color: "transparent" }, textColor: text, fontFamily: fontOf(this.host) },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      rightPriceScale: { borderColor: grid },
      localization: { timeFormatter: (time: Time) => exact.format((time as number) * 1000) },
      timeScale: {
        borderColor: grid,
        timeVisible: true,
        rightOffset: 5,
        minBarSpacing: 0.05,
        tickMarkFormatter: (time: Time, kind: number) =>
          (kind <= 1 ? month : kind === 2 ? day : clock).format((time as number) * 1000),
      },
    });
  }
}

function lookOf(host: HTMLElement): Look {
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
