import { beforeEach, describe, expect, it, vi } from "vitest";
import { wordsOf } from "./clock";
import type { Detection } from "./data";
import { ALL } from "./filter";
import { DetectionList } from "./list";
import { nearest } from "./selection";

function seen(number: number): Detection {
  const where = { bar: number * 10, price: 1, confirmed_at: number * 10 + 2, top: null, bottom: null };
  const what = { number, kind: "swing_high", direction: "bearish", verdict: "" as const, reason: "" };
  return { ...where, ...what, origin: null, time: number, known_time: number + 2 };
}

describe("the list of detections", () => {
  const detections = Array.from({ length: 100 }, (_, at) => seen(at + 1));
  const all = detections.map((_, at) => at);
  let host: HTMLElement;
  let list: DetectionList;

  const button = (at: number): HTMLElement =>
    host.querySelector<HTMLElement>(`[aria-posinset="${at + 1}"] button`) ?? host;

  beforeEach(() => {
    vi.stubGlobal(
      "ResizeObserver",
      class {
        observe = (): void => undefined;
      },
    );
    host = document.body.appendChild(document.createElement("div"));
    Object.defineProperty(host, "clientHeight", { value: 440 });
    list = new DetectionList(host, detections, wordsOf("UTC", 60), () => undefined);
    list.show(all, 100, 0);
  });

  it("keeps the rows that stay in view, and with them the focus", () => {
    const second = button(1);
    second.focus();
    const first = detections[0];
    if (first) first.verdict = "right";
    list.show(all, 100, 1);
    expect(button(1)).toBe(second);
    expect(document.activeElement).toBe(second);
    expect([button(0), second].map((each) => each.getAttribute("aria-current"))).toEqual([null, "true"]);
    expect(button(0).textContent).toContain("right");
  });

  it("holds the rows in view only, in their order, wherever one goes", () => {
    list.reveal(50);
    const places = [...host.querySelectorAll("li")].map((each) => Number(each.getAttribute("aria-posinset")));
    expect(places).toContain(51);
    expect(places.length).toBeLessThan(30);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    list.show([3, 50], 100, 50);
    const left = [...host.querySelectorAll("li")].map((each) => each.getAttribute("aria-setsize"));
    expect(left).toEqual(["2", "2"]);
    list.show([], 100, undefined);
    expect(host.textContent).toContain("No detection is left here");
  });

  it("finds what lies within two bars of a click", () => {
    expect([29, 32, 33, 25].map((bar) => nearest(detections, bar, ALL))).toEqual([
      2,
      2,
      undefined,
      undefined,
    ]);
  });
});
