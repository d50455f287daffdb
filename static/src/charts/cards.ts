/** The cards that hold charts: drawing, redrawing with theme and width, the pointer, the keyboard, the table. */

import type uPlot from "uplot";
import { el } from "../page/dom";
import { draw } from "./draw";
import { type ChartData, told } from "./model";

export function setUpCharts(): void {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-chart]")]
    .map((card) => Card.in(card))
    .filter((card) => card !== null);
  const redraw = () => {
    for (const card of cards) card.draw();
  };
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return; // phones change the height while they scroll
    width = innerWidth;
    redraw();
  });
  redraw();
}

class Card {
  private plot: uPlot | null = null;
  private readonly canvas = el("div");
  private readonly status = el("p", { class: "chart-status", role: "status" });

  private constructor(
    private readonly data: ChartData,
    private readonly place: HTMLElement,
    private readonly table: HTMLElement,
    private readonly toggle: HTMLElement,
    title: string,
  ) {
    this.place.append(this.legend(), this.canvas, this.status);
    this.place.tabIndex = 0;
    this.place.setAttribute("role", "group");
    this.place.setAttribute("aria-label", `${title}, as a chart. Left and right arrows read it.`);
    this.place.addEventListener("keydown", (event) => {
      this.key(event);
    });
    this.toggle.addEventListener("click", () => {
      this.show(!this.table.hidden);
    });
    this.toggle.hidden = false;
    this.show(true);
  }

  static in(card: HTMLElement): Card | null {
    const source = document.getElementById(card.dataset.chart ?? "");
    const place = card.querySelector<HTMLElement>("[data-chart-plot]");
    const table = card.querySelector<HTMLElement>("[data-chart-table]");
    const toggle = card.querySelector<HTMLElement>("[data-chart-toggle]");
    if (!source || !place || !table || !toggle) return null;
    const title = card.querySelector("h2, h3")?.textContent ?? "";
    return new Card(JSON.parse(source.textContent) as ChartData, place, table, toggle, title);
  }

  draw(): void {
    if (this.place.hidden) return;
    this.plot?.destroy();
    this.plot = draw(this.canvas, this.data, (index) => {
      this.tell(index);
    });
    this.tell(null);
  }

  private show(asChart: boolean): void {
    this.place.hidden = !asChart;
    this.table.hidden = asChart;
    this.toggle.setAttribute("aria-pressed", String(!asChart));
    if (asChart) this.draw();
  }

  /** A place along x, by the pointer or by arrows; the last one while there is neither. */
  private tell(index: number | null): void {
    this.status.textContent = told(this.data, index ?? this.data.labels.length - 1);
  }

  private key(event: KeyboardEvent): void {
    const last = this.data.labels.length - 1;
    const here = this.plot?.cursor.idx ?? last;
    const steps: Record<string, number> = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last };
    const wanted = steps[event.key];
    if (wanted === undefined || !this.plot) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, wanted));
    this.plot.setCursor({ left: this.plot.valToPos(index, "x"), top: 10 });
  }

  private legend(): HTMLElement {
    const items = this.data.series.map((each) =>
      el("li", {}, el("i", { class: `chart-key chart-${each.tone}` }), each.label),
    );
    return el("ul", { class: "chart-legend" }, ...items);
  }
}
