/** Zones and levels of detections, drawn below the candles: where price was expected to turn. */

import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
} from "lightweight-charts";
import type { Detection } from "./data";

export interface Shape {
  detection: Detection;
  color: string;
  isChosen: boolean;
}

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

const REACH = 12; // bars that a level is drawn beyond where it was known

export class Zones implements ISeriesPrimitive {
  private shapes: readonly Shape[] = [];
  private chart: IChartApi | undefined;
  private series: ISeriesApi<"Candlestick"> | undefined;
  private update: (() => void) | undefined;
  private readonly views: readonly IPrimitivePaneView[];

  /** `first` says which bar the chart draws first at present. */
  constructor(private readonly first: () => number) {
    const renderer: IPrimitivePaneRenderer = { draw: (target) => this.draw(target) };
    this.views = [{ zOrder: () => "bottom", renderer: () => renderer }];
  }

  attached(at: SeriesAttachedParameter): void {
    this.chart = at.chart;
    this.series = at.series as ISeriesApi<"Candlestick">;
    this.update = at.requestUpdate;
  }

  detached(): void {
    this.chart = this.series = this.update = undefined;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  show(shapes: readonly Shape[]): void {
    this.shapes = shapes;
    this.update?.();
  }

  private draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context }) => {
      for (const shape of this.shapes) this.drawOne(context, shape);
    });
  }

  private drawOne(context: CanvasRenderingContext2D, { detection, color, isChosen }: Shape): void {
    const from = this.x(Math.min(detection.origin ?? detection.bar, detection.bar));
    const to = this.x(detection.confirmed_at + REACH);
    const top = this.y(detection.top ?? detection.price);
    const bottom = this.y(detection.bottom ?? detection.price);
    if (from === null || to === null || top === null || bottom === null) return;
    context.strokeStyle = context.fillStyle = color;
    if (detection.top === null) {
      context.globalAlpha = isChosen ? 1 : 0.55;
      context.lineWidth = isChosen ? 2 : 1;
      context.beginPath();
      context.moveTo(from, top);
      context.lineTo(to, top);
      context.stroke();
    } else {
      context.globalAlpha = isChosen ? 0.35 : 0.15;
      context.fillRect(from, top, to - from, Math.max(bottom - top, 1));
    }
    context.globalAlpha = 1;
  }

  private x(bar: number): number | null {
    return this.chart?.timeScale().logicalToCoordinate((bar - this.first()) as Logical) ?? null;
  }

  private y(price: number): number | null {
    return this.series?.priceToCoordinate(price) ?? null;
  }
}
