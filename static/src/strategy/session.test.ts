import { beforeEach, describe, expect, it, vi } from "vitest";
import { isBusy, keepParts } from "./keeping";
import { watchReview } from "./reviewing";

const PAGE = `<div id="steps">
  <details id="given" data-keep-open></details>
  <input id="comment"><dialog id="ask"></dialog>
  <div class="review-row"><button aria-keyshortcuts="a">Accept</button></div>
</div>`;

function show(): HTMLElement {
  const parsed = new DOMParser().parseFromString(PAGE, "text/html");
  document.body.replaceChildren(...parsed.body.childNodes);
  const part = document.getElementById("steps");
  if (!part) throw new Error("no steps");
  return part;
}

const parts = {
  input: (part: HTMLElement) => one(part.querySelector("input")),
  details: (part: HTMLElement) => one(part.querySelector("details")),
  dialog: (part: HTMLElement) => one(part.querySelector("dialog")),
  button: (part: HTMLElement) => one(part.querySelector("button")),
};

function one<T>(found: T | null): T {
  if (found === null) throw new Error("not on the page");
  return found;
}

function swapOf(part: HTMLElement): boolean {
  const detail = { shouldSwap: true };
  part.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true, detail }));
  return detail.shouldSwap;
}

function press(key: string, target: HTMLElement = document.body): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

keepParts();
watchReview();

describe("steps that replace themselves", () => {
  let part: HTMLElement;
  beforeEach(() => {
    part = show();
  });

  it("stay as they are while somebody types or is asked something", () => {
    expect(isBusy(part)).toBe(false);
    parts.input(part).value = "not yet";
    expect(swapOf(part)).toBe(false);
    parts.input(part).value = "";
    parts.dialog(part).setAttribute("open", "");
    expect(swapOf(part)).toBe(false);
  });

  it("are unfolded as they were", () => {
    parts.details(part).open = true;
    expect(swapOf(part)).toBe(true);
    const fresh = show();
    document.dispatchEvent(new CustomEvent("htmx:afterSwap"));
    expect(parts.details(fresh).open).toBe(true);
  });
});

describe("keys of a review", () => {
  it("press the button, and not while somebody types", () => {
    const clicked = vi.fn();
    const part = show();
    parts.button(part).addEventListener("click", clicked);
    press("a", parts.input(part));
    expect(clicked).not.toHaveBeenCalled();
    press("a");
    expect(clicked).toHaveBeenCalledOnce();
    press("e");
    expect(clicked).toHaveBeenCalledOnce();
  });
});
