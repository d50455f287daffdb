/** One row of the list of detections: made once, changed only where something changed. */

import { el, icon } from "../page/dom";
import type { Words } from "./clock";
import { priced, spoken, type Detection, type Verdict } from "./data";

export const ROW = 44;

const LOOKS = {
  "": ["circle-dashed", "muted", "to review"],
  right: ["circle-check", "good", "right"],
  wrong: ["circle-x", "bad", "wrong"],
  adjust: ["move", "waiting", "adjusted"],
} as const;

export class DetectionRow {
  readonly item: HTMLLIElement;
  private readonly button: HTMLButtonElement;
  private readonly face = el("span");
  private verdict: Verdict | undefined;

  constructor(
    private readonly each: Detection,
    at: number,
    words: Words,
    onChoose: (at: number) => void,
  ) {
    this.button = el(
      "button",
      { type: "button", class: "session-row" },
      this.face,
      el(
        "span",
        { class: "min-w-0 flex-1" },
        el("span", { class: "block truncate font-medium" }, spoken(each.kind)),
        el("span", { class: "block truncate text-xs text-muted" }, words.exact(each.time)),
      ),
      el("span", { class: "tabular-nums" }, priced(each.price)),
    );
    this.button.addEventListener("click", () => onChoose(at));
    this.item = el("li", {}, this.button);
  }

  /** `place` is where it stands among all `count` rows. */
  show(place: number, count: number, isChosen: boolean): void {
    const top = `${place * ROW}px`;
    if (this.button.style.top !== top) this.button.style.top = top;
    write(this.item, "aria-setsize", String(count));
    write(this.item, "aria-posinset", String(place + 1));
    write(this.button, "aria-current", isChosen ? "true" : null);
    const { verdict } = this.each;
    if (verdict === this.verdict) return;
    this.verdict = verdict;
    const [name, tone, word] = LOOKS[verdict];
    this.face.className = `toned tone-${tone}`;
    this.face.replaceChildren(icon(name, "size-4"), el("span", { class: "sr-only" }, word));
  }
}

function write(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
