/** One detection in words: what it is, where, when it was known, and why. */

import { el } from "../page/dom";
import type { Words } from "./clock";
import { priced, spoken, type Detection } from "./data";

export function detailOf(each: Detection, words: Words): HTMLElement[] {
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
