/** The chart of a session: the bars that are there, up to one of them, with detections as marks and levels. */

import {
  CandlestickSeries,
  createChartEx,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Logical,
  type LogicalRange,
  type MouseEventParams,
  type Time,
} from "lightweight-charts";
import type { BarStore } from "./bars";
import type { Item } from "./cart";
import { ZoneClock, zonedTime, type Words } from "./clock";
import type { Detection } from "./data";
import { dress, lookOf, type Look } from "./looks";
import { colorOf, marksOf } from "./marks";
import type { Range } from "./replay";
import { Zones } from "./zones";

const MOST_MARKS = 400;
const AROUND = 60; // bars beside a chosen detection
const AHEAD = 300; // bars beside those in view that are loaded before they are looked at
const MARGIN = 5; // bars beside those in view that have their marks, too
const PAUSE = 2_000; // after bars did not come

interface Options {
  host: HTMLElement;
  bars: BarStore;
  words: Words;
  onPick: (bar: number, price: number | undefined) => void;
  /** Whether bars that are looked at did not come. */
  onTrouble: (isMissing: boolean) => void;
  /** How many detections in view are too many to be drawn; 0 where they are. */
  onCrowd: (count: number) => void;
}

export class CandleChart {
  private readonly chart: IChartApi;
  private readonly series: ISeriesApi<"Candlestick">;
  private readonly marks: ISeriesMarkersPluginApi<Time>;
  private readonly zones: Zones;
  private look: Look;
  private drawn: Range | undefined;
  private anchor: number;
  private limit: number;
  private wanted: number | undefined;
  private pausedUntil = 0;
  private known: readonly Detection[] = [];
  private corrections: readonly Item[] = [];
  private chosen: Detection | undefined;
  private isDrawing = false;
  /** Between which bars marks were made last. */
  private marked: Range | undefined;
  /** Where the view was sent to and is not yet: the library moves with its next frame. */
  private pending: LogicalRange | undefined;

  constructor(private readonly options: Options) {
    const { host, bars, words } = options;
    this.look = lookOf(host);
    this.limit = this.anchor = bars.range.last;
    this.chart = createChartEx<Time, ReturnType<typeof zonedTime>>(
      host,
      zonedTime(new ZoneClock(words.zone)),
      {
        autoSize: true,
        layout: { attributionLogo: false },
        handleScroll: { vertTouchDrag: false }, // a finger that goes up or down scrolls the page
      },
    );
    this.series = this.chart.addSeries(CandlestickSeries, {
      priceLineVisible: false,
      lastValueVisible: false,
    });
    this.marks = createSeriesMarkers<Time>(this.series, []);
    this.zones = new Zones(() => this.first);
    this.series.attachPrimitive(this.zones);
    dress(this.chart, this.series, { host, words, look: this.look });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      this.pending = undefined;
      if (!this.isMarked()) this.mark();
    });
    this.chart.subscribeClick((event) => this.clicked(event));
    const dressAnew = (): void => {
      this.look = lookOf(host);
      dress(this.chart, this.series, { host, words, look: this.look });
      this.mark();
    };
    const watch = { attributes: true, attributeFilter: ["data-theme"] };
    new MutationObserver(dressAnew).observe(document.documentElement, watch);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dressAnew);
  }

  /** No bar after this one is drawn, nor asked for. */
  async showTo(bar: number): Promise<void> {
    this.limit = bar;
    if (this.drawn && bar < this.drawn.first) this.anchor = bar;
    this.anchor = Math.min(this.anchor, bar);
    this.settle();
    if (this.drawn?.last !== bar) await this.load(bar, bar);
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

  /** Goes there as soon as its bars are there; a later call takes its place. */
  async centre(bar: number): Promise<void> {
    this.wanted = bar;
    if (!this.isDrawn(bar)) {
      await this.load(bar - AHEAD, bar + AHEAD);
      if (this.wanted !== bar) return;
      this.anchor = bar;
      this.settle();
    }
    if (!this.isDrawn(bar)) return;
    const at = bar - this.first;
    const range = this.view();
    const half = range ? Math.min((range.to - range.from) / 2, 4 * AROUND) : this.half;
    if (range && at > range.from + half * 0.2 && at < range.to - half * 0.2 && half > 5) return;
    this.turnTo(at - half, at + half);
  }

  async point(bar: number): Promise<void> {
    await this.centre(bar);
    const candle = this.options.bars.at(bar);
    if (candle && this.wanted === bar && this.isDrawn(bar)) {
      this.chart.setCrosshairPosition(candle.close, candle.time, this.series);
    }
  }

  unpoint(): void {
    this.chart.clearCrosshairPosition();
  }

  /** The last bars up to this one. */
  async zoomTo(last: number): Promise<void> {
    await this.centre(last);
    if (!this.isDrawn(last)) return;
    const to = last - this.first;
    this.turnTo(to - 2 * this.half, to + 5);
  }

  /** Bars that will be looked at next. */
  prepare(bar: number): void {
    if (performance.now() > this.pausedUntil) void this.load(bar - AHEAD, bar + AHEAD);
  }

  /** After bars did not come. */
  retry(): void {
    this.pausedUntil = 0;
    if (this.wanted !== undefined) void this.centre(this.wanted);
    this.mark();
  }

  private get first(): number {
    return this.drawn?.first ?? this.options.bars.range.first;
  }

  /** Half of what is seen at first: fewer bars on a phone, so that each can be told from the next. */
  private get half(): number {
    return Math.min(Math.max(this.options.host.clientWidth / 12, 20), 1.5 * AROUND);
  }

  private view(): LogicalRange | null {
    return this.pending ?? this.chart.timeScale().getVisibleLogicalRange();
  }

  private turnTo(from: number, to: number): void {
    this.pending = { from: from as Logical, to: to as Logical };
    this.chart.timeScale().setVisibleLogicalRange({ from, to });
  }

  private isDrawn(bar: number): boolean {
    return this.drawn !== undefined && bar >= this.drawn.first && bar <= this.drawn.last;
  }

  private async load(from: number, to: number): Promise<void> {
    const { bars, onTrouble } = this.options;
    try {
      await bars.need(from, Math.min(to, this.limit));
      onTrouble(false);
    } catch {
      this.pausedUntil = performance.now() + PAUSE;
      onTrouble(true);
    }
    this.settle();
  }

  /** Draws all bars around the anchor that are there without a gap; what is in view stays where it is. */
  private settle(): void {
    const { bars } = this.options;
    const there = bars.around(this.anchor);
    if (!there) return;
    const before = this.drawn;
    const now = { first: there.first, last: Math.min(there.last, this.limit) };
    if (before?.first === now.first && before.last === now.last) return;
    this.drawn = now;
    if (before?.first === now.first && before.last === now.last - 1) {
      const next = bars.at(now.last);
      if (next) this.series.update(next);
    } else if (before?.first === now.first && before.last === now.last + 1) {
      this.series.pop(1);
    } else {
      this.redraw(now, before);
    }
    this.mark();
  }

  private redraw(now: Range, before: Range | undefined): void {
    const range = this.view();
    const all = Array.from({ length: now.last - now.first + 1 }, (_, at) =>
      this.options.bars.at(now.first + at),
    );
    this.series.setData(all.filter((each) => each !== undefined));
    if (!range || !before || before.last < now.first || before.first > now.last) return;
    const moved = before.first - now.first;
    this.turnTo(range.from + moved, range.to + moved);
  }

  private clicked(event: MouseEventParams): void {
    if (event.logical === undefined || !event.point) return;
    const bar = Math.round(event.logical) + this.first;
    if (!this.isDrawn(bar)) return;
    this.options.onPick(bar, this.series.coordinateToPrice(event.point.y) ?? undefined);
  }

  /** Once all that changes now has changed, and before the next picture, so that one picture shows it all. */
  private mark(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    queueMicrotask(() => {
      this.isDrawing = false;
      const seen = this.seen();
      if (!seen || !this.drawn) return;
      this.marked = seen;
      this.follow(seen.first, seen.last);
      const { first, last } = this.drawn;
      this.markBetween(Math.max(seen.first - MARGIN, first), Math.min(seen.last + MARGIN, last));
    });
  }

  /** The bars in view, or that will be. */
  private seen(): Range | undefined {
    const range = this.view();
    return range
      ? { first: Math.floor(range.from) + this.first, last: Math.ceil(range.to) + this.first }
      : undefined;
  }

  /** Whether the view is as good as where marks were made. */
  private isMarked(): boolean {
    const [seen, { marked }] = [this.seen(), this];
    if (!seen || !marked) return false;
    return Math.abs(seen.first - marked.first) < MARGIN && Math.abs(seen.last - marked.last) < MARGIN;
  }

  /** More bars on the sides that somebody moves to. */
  private follow(from: number, to: number): void {
    const { bars } = this.options;
    const { drawn } = this;
    if (!drawn || performance.now() < this.pausedUntil) return;
    this.anchor = Math.min(Math.max(Math.round((from + to) / 2), drawn.first), drawn.last);
    const ahead = Math.max(AHEAD, to - from);
    const [low, high] = [from - ahead, Math.min(to + ahead, this.limit)];
    if (bars.isWhole(low, high)) this.settle();
    else void this.load(low, high);
  }

  private markBetween(from: number, to: number): void {
    const near = this.known.filter((each) => each.bar >= from && each.bar <= to);
    const isCrowd = near.length > MOST_MARKS;
    this.options.onCrowd(isCrowd ? near.length : 0);
    const drawn = isCrowd ? near.filter((each) => each === this.chosen) : near;
    const added = this.corrections.filter((item) => item.bar >= from && item.bar <= to);
    const { look, chosen } = this;
    const timeAt = (bar: number): number => this.options.bars.time(bar) ?? 0;
    this.marks.setMarkers(marksOf(drawn, added, { look, chosen, timeAt }));
    this.zones.show(
      drawn.map((detection) => ({
        detection,
        color: colorOf(detection, look, chosen),
        isChosen: detection === chosen,
      })),
    );
  }
}
