/** One detection in words: what it is, where, when it was known, and why. */

import { el } from "../page/dom";
import type { Words } from "./clock";
import { priced, spoken, type Detection } from "./data";

export class Detail {
  private shown: string | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly words: Words,
    private readonly hasSome: boolean,
  ) {}

  /** Left alone where nothing changed: somebody may be marking its words. */
  show(each: Detection | undefined): void {
    const now = each ? `${each.number} ${each.verdict}` : "";
    if (now === this.shown) return;
    this.shown = now;
    const text = this.hasSome ? "Choose a detection in the list." : "There is no detection.";
    this.host.replaceChildren(
      ...(each ? detailOf(each, this.words) : [el("p", { class: "text-muted" }, text)]),
    );
  }
}

function detailOf(each: Detection, words: Words): HTMLElement[] {
  const level =
    each.top === null || each.bottom === null
      ? priced(each.price)
      : `${priced(each.bottom)} to ${priced(each.top)}`;
  const facts: [string, string][] = [
    ["Bar", `${each.bar}, ${words.exact(each.time)}`],
    ["Known at", `${each.confirmed_at}, ${words.exact(each.known_time)}`],
    ["Level", level],
    ["Direction", spoken(each.direction)],
  ];
  const said =
    each.verdict && el("span", { class: "ml-2 font-normal text-muted" }, `you said: ${each.verdict}`);
  return [
    el("p", { class: "font-semibold" }, `${each.number}. ${spoken(each.kind)}`, said || null),
    el("p", { class: "mt-1" }, each.reason),
    el(
      "dl",
      { class: "mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-[0.8125rem]" },
      ...facts.flatMap(([name, value]) => [el("dt", { class: "text-muted" }, name), el("dd", {}, value)]),
    ),
  ];
}
