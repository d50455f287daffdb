/** The list of detections beside the chart. Only the rows in view exist, however many there are. */

import { el, icon } from "../page/dom";
import type { Words } from "./clock";
import { priced, spoken, type Detection } from "./data";
import { windowOf } from "./selection";

const ROW = 44;
const LOOKS = {
  "": ["circle-dashed", "muted", "to review"],
  right: ["circle-check", "good", "right"],
  wrong: ["circle-x", "bad", "wrong"],
  adjust: ["move", "waiting", "adjusted"],
} as const;

export class DetectionList {
  private rows: number[] = [];
  private known = 0;
  private chosen: number | undefined;
  private readonly inner = el("ul", { class: "relative" });

  constructor(
    private readonly host: HTMLElement,
    private readonly detections: readonly Detection[],
    private readonly words: Words,
    private readonly onChoose: (at: number) => void,
  ) {
    host.replaceChildren(this.inner);
    host.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(host);
  }

  /** These of the `known` first ones, by their places in the whole list. */
  show(rows: number[], known: number, chosen: number | undefined): void {
    this.known = known;
    this.rows = rows;
    this.chosen = chosen;
    this.inner.style.height = `${this.rows.length * ROW}px`;
    this.draw();
  }

  reveal(at: number): void {
    const row = this.rows.indexOf(at);
    if (row < 0) return;
    const top = row * ROW;
    const { scrollTop, clientHeight } = this.host;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) {
      this.host.scrollTop = top - clientHeight / 2;
    }
    this.draw();
  }

  private draw(): void {
    const { scrollTop, clientHeight } = this.host;
    const { from, to } = windowOf(scrollTop, clientHeight, ROW, this.rows.length);
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.at : undefined;
    const hadFocus = this.inner.contains(document.activeElement);
    const shown = this.rows.slice(from, to).flatMap((at, offset) => {
      const each = this.detections[at];
      return each ? [this.row(at, each, from + offset)] : [];
    });
    this.inner.replaceChildren(...(this.rows.length ? shown : [this.nothing()]));
    if (hadFocus && focused) this.inner.querySelector<HTMLElement>(`[data-at="${focused}"]`)?.focus();
  }

  private row(at: number, each: Detection, place: number): HTMLLIElement {
    const [name, tone, word] = LOOKS[each.verdict];
    const time = this.words.exact(each.time);
    const button = el(
      "button",
      {
        type: "button",
        class: "session-row",
        "data-at": String(at),
        "aria-current": at === this.chosen ? "true" : undefined,
      },
      el(
        "span",
        { class: `toned tone-${tone}` },
        icon(name, "size-4"),
        el("span", { class: "sr-only" }, word),
      ),
      el(
        "span",
        { class: "min-w-0 flex-1" },
        el("span", { class: "block truncate font-medium" }, spoken(each.kind)),
        el("span", { class: "block truncate text-xs text-muted" }, time),
      ),
      el("span", { class: "tabular-nums" }, priced(each.price)),
    );
    button.style.top = `${place * ROW}px`;
    button.addEventListener("click", () => this.onChoose(at));
    return el("li", { "aria-setsize": String(this.rows.length), "aria-posinset": String(place + 1) }, button);
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
