import { beforeEach, expect, it } from "vitest";
import { cleaned, makeTagField } from "./tags";

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

function show(markup: string): void {
  document.body.replaceChildren(document.createRange().createContextualFragment(markup));
}

let field: HTMLInputElement;
let typed: HTMLInputElement;

beforeEach(() => {
  show(`<form><label for="t">Tags</label><input id="t" name="tags" value="Money, late"></form>`);
  field = input("[name=tags]");
  makeTagField(field);
  typed = input("#t");
});

const press = (key: string) =>
  typed.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const chips = () => [...document.querySelectorAll(".tag")].map((chip) => chip.textContent);

it("keeps tags as the server does", () => {
  expect(cleaned(["A, b", " a  c ", ","])).toEqual(["a", "b", "a c"]);
});

it("shows chips and keeps the field's label", () => {
  expect(chips()).toEqual(["money", "late"]);
  expect([typed.labels?.length, field.type]).toEqual([1, "hidden"]);
});

it("takes what is typed on Enter and comma, once", () => {
  typed.value = "New";
  expect(press("Enter")).toBe(false);
  typed.value = "new";
  press(",");
  expect(field.value).toBe("money, late, new");
});

it("lets Enter send the form when nothing is typed", () => {
  expect(press("Enter")).toBe(true);
});

it("takes the last away with Backspace and any by its button", () => {
  press("Backspace");
  expect(field.value).toBe("money");
  document.querySelector<HTMLButtonElement>("[aria-label='Remove money']")?.click();
  expect(field.value).toBe("");
});

it("takes what is still typed along when the form is sent", () => {
  typed.value = "last";
  field.form?.dispatchEvent(new Event("submit", { cancelable: true }));
  expect(field.value).toBe("money, late, last");
});
