import { beforeEach, expect, test, vi } from "vitest";
import { watchKeys } from "./keys";

const clicked = vi.fn<(name: string) => void>();

function row(id: string): string {
  return `<li class="inbox-row" data-approval="${id}"><a class="inbox-target" href="#${id}">${id}</a>
    <button data-approve id="approve-${id}">A</button><button data-reject id="reject-${id}">R</button></li>`;
}

function press(key: string, on: Element = document.activeElement ?? document.body): void {
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}

const focused = (): string => document.activeElement?.textContent ?? "";

const root = document.createElement("div");
document.body.append(root);
Element.prototype.scrollIntoView = vi.fn();
watchKeys(root);

beforeEach(() => {
  clicked.mockClear();
  (document.activeElement as HTMLElement | null)?.blur();
  const range = document.createRange();
  root.replaceChildren(range.createContextualFragment(`<input id="search">${row("one")}${row("two")}`));
  for (const button of root.querySelectorAll("button"))
    button.addEventListener("click", () => clicked(button.id));
});

test("j and k walk through the rows and stop at the ends", () => {
  press("j");
  expect(focused()).toBe("one");
  press("j");
  press("j");
  expect(focused()).toBe("two");
  press("k");
  press("k");
  expect(focused()).toBe("one");
});

test("a and r press the buttons of the row in focus, and of no other", () => {
  press("a");
  expect(clicked).not.toHaveBeenCalled();
  press("j");
  press("j");
  press("a");
  press("r");
  expect(clicked.mock.calls.flat()).toEqual(["approve-two", "reject-two"]);
});

test("whoever types is left alone", () => {
  const search = root.querySelector("input");
  search?.focus();
  press("j", search ?? root);
  expect(document.activeElement).toBe(search);
});

test("after a dialog, behind which the list was replaced, the focus is where it was", async () => {
  press("j");
  press("j");
  (document.activeElement as HTMLElement).blur();
  const range = document.createRange();
  root.replaceChildren(range.createContextualFragment(row("one") + row("two")));
  document.body.dispatchEvent(new Event("close"));
  await new Promise((done) => setTimeout(done));
  expect(focused()).toBe("two");
});

test("after the list was replaced the focus is where it was", () => {
  press("j");
  press("j");
  const range = document.createRange();
  root.replaceChildren(range.createContextualFragment(row("one") + row("two")));
  document.dispatchEvent(new CustomEvent("htmx:afterSwap"));
  expect(focused()).toBe("two");
});
