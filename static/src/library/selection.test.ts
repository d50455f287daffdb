import { beforeEach, describe, expect, it, vi } from "vitest";
import { between, Selection, selectionText } from "./selection";

function show(markup: string): void {
  document.body.replaceChildren(document.createRange().createContextualFragment(markup));
}

const PAGE = `
  <form data-bulk data-subject="workflows" data-count-url="/count/">
    <input type="hidden" name="all" data-bulk-all><input type="hidden" name="query" data-bulk-query>
    <div data-bulk-bar hidden>
      <span data-bulk-count></span>
      <button type="button" data-bulk-everything hidden></button>
      <button type="button" data-bulk-clear></button>
    </div>
  </form>
  <table>
    <tr><th><input type="checkbox" data-select-page></th></tr>
    <tr><td><input type="checkbox" data-select value="a"></td></tr>
    <tr><td><input type="checkbox" data-select value="b"></td></tr>
    <tr><td><input type="checkbox" data-select value="c"></td></tr>
  </table>`;

function get(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(selector);
  return found;
}

function input(selector: string): HTMLInputElement {
  const found = get(selector);
  if (!(found instanceof HTMLInputElement)) throw new Error(selector);
  return found;
}

function form(): HTMLFormElement {
  const found = document.querySelector("form");
  if (!found) throw new Error("no form");
  return found;
}

const box = (value: string) => input(`[value=${value}]`);
const count = () => get("[data-bulk-count]").textContent;

describe("selected rows", () => {
  let selection: Selection;
  const asked = vi.fn(() => Promise.resolve({ count: 40, text: "40 workflows" }));

  beforeEach(() => {
    show(PAGE);
    selection = new Selection(form(), asked);
    selection.start();
  });

  it("are told in the bar, which is there only with them", () => {
    expect(get("[data-bulk-bar]").hidden).toBe(true);
    box("b").click();
    expect([get("[data-bulk-bar]").hidden, count()]).toEqual([false, "1 selected"]);
    expect(input("[data-select-page]").indeterminate).toBe(true);
    get("[data-bulk-clear]").click();
    expect(get("[data-bulk-bar]").hidden).toBe(true);
  });

  it("can be a whole range", () => {
    box("a").click();
    box("c").dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
    expect(count()).toBe("3 selected");
    expect(input("[data-select-page]").checked).toBe(true);
  });

  it("can be all that the filters find, until a tick changes", async () => {
    input("[data-select-page]").click();
    await vi.waitFor(() => expect(get("[data-bulk-everything]").hidden).toBe(false));
    get("[data-bulk-everything]").click();
    expect(input("[data-bulk-all]").value).toBe("1");
    expect(count()).toBe("All 40 workflows that match are selected");
    box("a").click();
    expect(input("[data-bulk-all]").value).toBe("");
    expect(count()).toBe("2 selected");
  });

  it("stay so when their rows are replaced", () => {
    box("b").click();
    box("b").checked = false; // a fresh row
    selection.restore();
    expect([box("b").checked, count()]).toEqual([true, "1 selected"]);
  });
});

describe("words and ranges", () => {
  it("counts in one or many", () => {
    expect([1, 2, 1200].map(selectionText)).toEqual(["1 selected", "2 selected", "1,200 selected"]);
  });
  it("finds what lies between, in either direction", () => {
    expect(between([1, 2, 3, 4], 4, 2)).toEqual([2, 3, 4]);
    expect(between([1, 2], 7, 2)).toEqual([]);
  });
});
