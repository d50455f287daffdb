import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { debounce, el } from "./dom";
import { watchForms } from "./forms";
import { shownTheme } from "./theme";
import { exactly, refreshTimes, relative, shortly } from "./times";
import { toast, watchToasts } from "./toasts";

const NOON = Date.UTC(2026, 10, 21, 12);
const SECOND = 1000;

describe("times", () => {
  it.each([
    [3, "just now"],
    [-3, "just now"],
    [59, "59 s ago"],
    [180, "3 min ago"],
    [-7200, "in 2 h"],
    [9 * 86_400 + 5 * 3600, "9 d ago"],
  ])("%d s ago are told as %s", (ago, text) => {
    expect(relative(NOON - ago * SECOND, NOON)).toBe(text);
  });

  it("are those of the person's zone, not of the device", () => {
    const at = new Date(Date.UTC(2026, 10, 20, 20, 5));
    const written = (zone: string) => {
      document.documentElement.dataset.zone = zone;
      return [shortly(at, new Date(NOON)), exactly(at)];
    };
    expect(written("UTC")).toEqual(["20 Nov 2026", "20 Nov 2026, 20:05"]);
    expect(written("Asia/Kathmandu")).toEqual(["01:50", "21 Nov 2026, 01:50"]);
    delete document.documentElement.dataset.zone;
  });

  it("are refreshed, save old ones, which are dates", () => {
    const near = el("time", { datetime: new Date(NOON - 60_000).toISOString(), "data-relative": true }, "?");
    const old = el("time", { datetime: "2020-01-01T00:00:00Z", "data-relative": true }, "1 Jan 2020");
    const odd = el("time", { datetime: "soon", "data-relative": true }, "soon");
    refreshTimes(el("div", {}, near, old, odd), NOON);
    expect([near, old, odd].map((each) => each.textContent)).toEqual(["1 min ago", "1 Jan 2020", "soon"]);
  });
});

describe("the theme", () => {
  it("is the chosen one, else that of the device", () => {
    window.matchMedia = () => ({ matches: true }) as MediaQueryList;
    const root = el("div");
    expect(shownTheme(root)).toBe("dark");
    root.dataset.theme = "light";
    expect(shownTheme(root)).toBe("light");
  });
});

describe("toasts", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.replaceChildren(el("div", { id: "toasts" }));
  });
  afterEach(() => vi.useRealTimers());

  it("go by themselves if nothing needs to be done, stay otherwise, and are text", () => {
    toast("<i>Saved.</i>");
    toast("Failed.", "bad");
    expect(document.querySelector("i")).toBeNull();
    vi.advanceTimersByTime(7000);
    expect(document.getElementById("toasts")?.textContent).toBe("Failed.");
  });

  it("are dismissed by hand", () => {
    watchToasts();
    toast("Failed.", "bad");
    document.querySelector<HTMLButtonElement>("[data-dismiss]")?.click();
    expect(document.getElementById("toasts")?.children).toHaveLength(0);
  });
});

describe("forms", () => {
  it("are filled in by one click", () => {
    document.body.replaceChildren(
      el("input", { id: "name" }),
      el("button", { type: "button", "data-fill": '{"name": "ada", "missing": "x"}' }, "Ada"),
    );
    watchForms();
    document.querySelector("button")?.click();
    expect(document.querySelector("input")?.value).toBe("ada");
  });
});

describe("debounce", () => {
  it("acts once, with what was said last", () => {
    vi.useFakeTimers();
    const act = vi.fn();
    const soon = debounce(100, act);
    soon(1);
    soon(2);
    vi.advanceTimersByTime(100);
    expect(act.mock.calls).toEqual([[2]]);
    vi.useRealTimers();
  });
});
