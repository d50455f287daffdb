import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { el } from "../page/dom";
import { Sources } from "./sources";

function page(): HTMLElement {
  const text = el(
    "div",
    {},
    el("a", { id: "one", href: "#from-a", "data-from": "from-a from-b" }, "Both are behind this."),
    el("a", { id: "two", href: "#from-b", "data-from": "from-b from-gone" }, "One of them."),
    el("span", { id: "loose" }, "Then it was Sunday."),
  );
  const house = el("li", { id: "from-a" }, el("b", {}, "House"), " above the harbour");
  const answers = el("ul", {}, house, el("li", { id: "from-b" }, "Plums"));
  document.body.replaceChildren(text, answers, el("p", { id: "elsewhere" }, "Elsewhere"));
  return text;
}

function found(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`There is no ${selector}.`);
  return element;
}
const at = (id: string): HTMLElement => found(`#${id}`);
const card = (): HTMLElement => found(".source-card");
const shown = (): string[] => [...document.querySelectorAll("[data-shown]")].map((each) => each.id);
const over = (id: string, pointerType = "mouse"): boolean =>
  at(id).dispatchEvent(Object.assign(new MouseEvent("pointerover", { bubbles: true }), { pointerType }));
const leave = (): boolean | undefined => at("one").parentElement?.dispatchEvent(new Event("pointerleave"));
const escape = (): boolean => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));

beforeEach(() => {
  const text = page();
  // jsdom lays nothing out
  Element.prototype.getClientRects = () => [] as unknown as DOMRectList;
  new Sources(text);
});
afterEach(() => {
  escape(); // the text of the test before still listens
  document.body.replaceChildren();
});

describe("a sentence that is pointed at", () => {
  it("shows the answers that it rests on, and marks them and itself", () => {
    over("one");
    expect(card().hidden).toBe(false);
    expect(card().textContent).toBe("House above the harbourPlums");
    expect(card().querySelector("b")?.textContent).toBe("House");
    expect(shown()).toEqual(["one", "from-a", "from-b"]);
  });

  it("takes over from the one before, and leaves out an answer that is not on the page", () => {
    over("one");
    over("two");
    expect(card().textContent).toBe("Plums");
    expect(shown()).toEqual(["two", "from-b"]);
  });

  it("hides it when the pointer goes on to what rests on nothing, or leaves", () => {
    over("one");
    over("loose");
    expect([card().hidden, shown()]).toEqual([true, []]);
    over("one");
    leave();
    expect([card().hidden, shown()]).toEqual([true, []]);
  });

  it("is not pointed at by a finger that only scrolls", () => {
    over("one", "touch");
    expect(card().hidden).toBe(true);
  });
});

describe("a sentence that is tapped", () => {
  it("stays shown while the pointer goes about, instead of leading to the list", () => {
    const click = new MouseEvent("click", { bubbles: true, cancelable: true });
    at("one").dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    over("two");
    leave();
    expect(shown()).toEqual(["one", "from-a", "from-b"]);
  });

  it.each([
    ["again", () => at("one").click()],
    ["elsewhere on the page", () => at("elsewhere").click()],
    ["beside it in the text", () => at("loose").click()],
    ["away with Escape", escape],
  ])("is let go when it is tapped %s", (_, letGo) => {
    at("one").click();
    expect(card().hidden).toBe(false);
    letGo();
    expect([card().hidden, shown()]).toEqual([true, []]);
  });

  it("is not let go by a tap on the card", () => {
    at("one").click();
    card().click();
    expect(card().hidden).toBe(false);
  });
});

describe("a sentence that has the focus", () => {
  it("is shown until it loses it", () => {
    at("two").focus();
    expect(shown()).toEqual(["two", "from-b"]);
    at("two").blur();
    expect([card().hidden, shown()]).toEqual([true, []]);
  });
});
