/** The list of detections beside the chart. Only the rows in view exist, however many there are. */

import { el } from "../page/dom";
import type { Words } from "./clock";
import type { Detection } from "./data";
import { DetectionRow, ROW } from "./row";
import { windowOf } from "./selection";

export class DetectionList {
  private rows: number[] = [];
  private known = 0;
  private chosen: number | undefined;
  /** Kept, since asking the browser for them would have it lay out the page in the midst of a change. */
  private top = 0;
  private height: number;
  private made = new Map<number, DetectionRow>();
  private readonly inner = el("ul", { class: "relative" });

  constructor(
    private readonly host: HTMLElement,
    private readonly detections: readonly Detection[],
    private readonly words: Words,
    private readonly onChoose: (at: number) => void,
  ) {
    host.replaceChildren(this.inner);
    this.height = host.clientHeight;
    host.addEventListener(
      "scroll",
      () => {
        this.top = host.scrollTop;
        this.draw();
      },
      { passive: true },
    );
    new ResizeObserver(() => {
      this.height = host.clientHeight;
      this.draw();
    }).observe(host);
  }

  /** These of the `known` first ones, by their places in the whole list. */
  show(rows: number[], known: number, chosen: number | undefined): void {
    this.known = known;
    this.rows = rows;
    this.chosen = chosen;
    const height = `${rows.length * ROW}px`;
    if (this.inner.style.height !== height) this.inner.style.height = height;
    this.draw();
  }

  reveal(at: number): void {
    const row = this.rows.indexOf(at);
    const top = row * ROW;
    if (row < 0 || (top >= this.top && top + ROW <= this.top + this.height)) return;
    this.top = this.within(top - this.height / 2);
    this.host.scrollTop = this.top;
    this.draw();
  }

  private within(top: number): number {
    return Math.max(0, Math.min(top, this.rows.length * ROW - this.height));
  }

  private draw(): void {
    const { from, to } = windowOf(this.within(this.top), this.height, ROW, this.rows.length);
    const before = this.made;
    this.made = new Map();
    for (const [offset, at] of this.rows.slice(from, to).entries()) {
      const each = this.detections[at];
      if (!each) continue;
      const row = before.get(at) ?? new DetectionRow(each, at, this.words, this.onChoose);
      row.show(from + offset, this.rows.length, at === this.chosen);
      this.made.set(at, row);
    }
    this.put(this.rows.length ? [...this.made.values()].map((row) => row.item) : [this.nothing()]);
  }

  /** What is there already stays, and keeps the focus. */
  private put(items: HTMLLIElement[]): void {
    const wanted = new Set<Element>(items);
    for (const each of [...this.inner.children]) if (!wanted.has(each)) each.remove();
    let next = this.inner.firstElementChild;
    for (const item of items) {
      if (item === next) next = next.nextElementSibling;
      else this.inner.insertBefore(item, next);
    }
  }

  private nothing(): HTMLLIElement {
    const text = !this.detections.length
      ? "The algorithm saw nothing in these bars. Mark what it missed."
      : !this.known
        ? "Nothing was known yet at this bar."
        : "No detection is left here. Choose another filter.";
    return el("li", { class: "px-4 py-8 text-center text-muted" }, text);
  }
}
