/** Choosing a bar: where a detection should lie, or where one was missed. */

import { el } from "../page/dom";
import { exactly } from "../page/times";
import { candle, priced, spoken, timeOf, type Bars } from "./data";

export interface Picked {
  bar: number;
  price: number;
  kind: string;
  direction: string;
}

interface Options {
  host: HTMLElement;
  bars: Bars;
  kinds: readonly string[];
  onPoint: (bar: number) => void;
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
    this.move(bar, undefined);
  }

  end(): void {
    if (!this.purpose) return;
    this.purpose = undefined;
    this.options.host.hidden = true;
    this.options.onEnd();
  }

  step(by: number, last: number): void {
    const { bars, onPoint } = this.options;
    const bar = Math.min(Math.max(this.bar + by, bars.first), last);
    this.move(bar, undefined);
    onPoint(bar);
  }

  /** A click beside the high means the high, one beside the low the low. */
  move(bar: number, price: number | undefined): void {
    this.bar = bar;
    const { high, low } = candle(this.options.bars, bar);
    if (price !== undefined) this.isHigh = price >= (high + low) / 2;
    this.draw();
  }

  take(): void {
    const { host, onTake } = this.options;
    const { purpose } = this;
    if (!purpose) return;
    const read = (name: string): string =>
      host.querySelector<HTMLSelectElement>(`[name=${name}]`)?.value ?? "";
    const picked = { bar: this.bar, price: this.price(), kind: read("kind"), direction: read("direction") };
    this.end();
    onTake(purpose, picked);
  }

  private price(): number {
    const { high, low } = candle(this.options.bars, this.bar);
    return this.isHigh ? high : low;
  }

  private draw(): void {
    const { host, bars, kinds } = this.options;
    const time = exactly(timeOf(bars, this.bar));
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
          "Click another bar, or use ← and →.",
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
