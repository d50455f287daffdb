/** One detection in words: what it is, where, when it was known, and why. */

import { el } from "../page/dom";
import { exactly } from "../page/times";
import { priced, spoken, timeOf, type Bars, type Detection } from "./data";

export function detailOf(each: Detection, bars: Bars): HTMLElement[] {
  const at = (bar: number): string => `${bar}, ${exactly(timeOf(bars, bar))}`;
  const level =
    each.top === null || each.bottom === null
      ? priced(each.price)
      : `${priced(each.bottom)} to ${priced(each.top)}`;
  const facts: [string, string][] = [
    ["Bar", at(each.bar)],
    ["Known at", at(each.confirmed_at)],
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
