/** Choosing a bar: where a detection should lie, or where one was missed. */

import { el } from "../page/dom";
import type { BarStore } from "./bars";
import type { Words } from "./clock";
import { priced, spoken } from "./data";

export interface Picked {
  bar: number;
  price: number;
  kind: string;
  direction: string;
}

interface Options {
  host: HTMLElement;
  bars: BarStore;
  words: Words;
  kinds: readonly string[];
  /** Shows the bar; done as soon as it is there. */
  onPoint: (bar: number) => Promise<void>;
  onTake: (purpose: "adjust" | "missed", picked: Picked) => void;
  onEnd: () => void;
}

export class Picking {
  private purpose: "adjust" | "missed" | undefined;
  private bar = 0;
  private isHigh = true;

  constructor(private readonly options: Options) {}

  get isOn(): boolean {
    return this.purpose !== undefined;
  }

  begin(purpose: "adjust" | "missed", bar: number): void {
    this.purpose = purpose;
    this.go(bar);
  }

  end(): void {
    if (!this.purpose) return;
    this.purpose = undefined;
    this.options.host.hidden = true;
    this.options.onEnd();
  }

  step(by: number, last: number): void {
    this.go(Math.min(Math.max(this.bar + by, this.options.bars.range.first), last));
  }

  /** At once where the bar is there, so that keys keep their order; else as soon as it came. */
  private go(bar: number): void {
    const { bars, onPoint } = this.options;
    this.bar = bar;
    const shown = onPoint(bar);
    if (bars.has(bar)) this.move(bar, undefined);
    else void shown.then(() => this.isOn && this.bar === bar && this.move(bar, undefined));
  }

  /** A click beside the high means the high, one beside the low the low. */
  move(bar: number, price: number | undefined): void {
    this.bar = bar;
    const candle = this.options.bars.at(bar);
    if (!candle) return;
    const { high, low } = candle;
    if (price !== undefined) this.isHigh = price >= (high + low) / 2;
    this.draw();
  }

  take(): void {
    const { host, onTake } = this.options;
    const { purpose } = this;
    if (!purpose || !this.options.bars.has(this.bar)) return;
    const read = (name: string): string =>
      host.querySelector<HTMLSelectElement>(`[name=${name}]`)?.value ?? "";
    const picked = { bar: this.bar, price: this.price(), kind: read("kind"), direction: read("direction") };
    this.end();
    onTake(purpose, picked);
  }

  private price(): number {
    const candle = this.options.bars.at(this.bar);
    return (this.isHigh ? candle?.high : candle?.low) ?? 0;
  }

  private draw(): void {
    const { host, bars, words, kinds } = this.options;
    const time = words.exact(bars.time(this.bar) ?? 0);
    const take = el("button", { type: "button", class: "btn btn-sm btn-primary" }, "Take this bar");
    take.addEventListener("click", () => this.take());
    const cancel = el("button", { type: "button", class: "btn btn-sm btn-ghost" }, "Cancel");
    cancel.addEventListener("click", () => this.end());
    const fits = kinds.find((kind) => kind.includes(this.isHigh ? "high" : "low")) ?? kinds[0] ?? "";
    const verb = this.purpose === "adjust" ? "It lies at" : "Missed at";
    host.replaceChildren(
      el(
        "div",
        { class: "note tone-accent m-4 flex flex-wrap items-end gap-3" },
        el(
          "p",
          { class: "w-full" },
          `${verb} bar ${this.bar}, ${time}, ${priced(this.price())}. `,
          "Choose another bar by a click or a tap, or by ← and →.",
        ),
        this.purpose === "missed" && choice("kind", "Kind", kinds, fits),
        this.purpose === "missed" &&
          choice("direction", "Direction", ["bullish", "bearish"], this.isHigh ? "bearish" : "bullish"),
        take,
        cancel,
      ),
    );
    host.hidden = false;
  }
}

function choice(name: string, label: string, values: readonly string[], chosen: string): HTMLLabelElement {
  const options = values.map((value) => el("option", { value, selected: value === chosen }, spoken(value)));
  return el(
    "label",
    { class: "flex flex-col gap-1 text-[0.8125rem]" },
    label,
    el("select", { name, class: "select select-sm w-40" }, ...options),
  );
}
