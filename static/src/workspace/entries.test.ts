import { beforeEach, expect, test } from "vitest";
import { Entries, NEAR, fragment } from "./entries";

const HEIGHT = 1000;
let list: HTMLElement;
let scrolled = 0;

function entry(id: number, { day = 1, stamp = "a", text = `note ${id}` } = {}): string {
  const name = String(id).padStart(6, "0");
  return `<li id="m-${name}" data-entry="${name}" data-stamp="${stamp}" data-date="day-${day}">${text}</li>`;
}

function day(number: number): string {
  return `<li data-day="day-${number}"><span>Day ${number}</span></li>`;
}

function stretch(inside: string, older = false): string {
  return `${older ? '<p data-older><a href="?before=1">Older</a></p>' : ""}<ol data-stretch>${inside}</ol>`;
}

function open(html: string, most?: number): Entries {
  list = document.createElement("div");
  list.append(document.createRange().createContextualFragment(html));
  document.body.replaceChildren(list);
  return new Entries(list, most);
}

/** What a reader finds, from above to below. */
function words(): string[] {
  return [...list.querySelectorAll("li")].map((each) => each.textContent);
}

const rect = (top: number, height: number): DOMRect => ({ top, height, bottom: top + height }) as DOMRect;

/** Stretches are a screen high each, one below the other; their entries stand where they do. */
function layOut(): void {
  Element.prototype.getBoundingClientRect = function (this: Element) {
    const at = [...list.querySelectorAll("[data-stretch]")].findIndex((each) => each.contains(this));
    return rect(at * HEIGHT - scrolled, HEIGHT);
  };
}

beforeEach(() => {
  scrolled = 0;
});

test("what is new comes to the end, and another day begins with its name", () => {
  const entries = open(stretch(day(1) + entry(1)));
  const added = entries.take(fragment(stretch(day(1) + entry(1) + entry(2) + day(2) + entry(3, { day: 2 }))));
  expect(words()).toEqual(["Day 1", "note 1", "note 2", "Day 2", "note 3"]);
  expect(added.map((each) => each.textContent)).toEqual(["note 2", "note 3"]);
  expect(entries.count).toBe(3);
});

test("what was told anew changes where it stands, what was not is left alone", () => {
  const entries = open(stretch(day(1) + entry(1) + entry(2)));
  const first = list.querySelector("#m-000001");
  const added = entries.take(
    fragment(stretch(entry(1, { text: "x" }) + entry(2, { stamp: "b", text: "70 %" }))),
  );
  expect(added).toEqual([]);
  expect(words()).toEqual(["Day 1", "note 1", "70 %"]);
  expect(list.querySelector("#m-000001")).toBe(first);
});

test("one that was committed late comes between those before and after it", () => {
  const entries = open(stretch(day(1) + entry(1) + entry(3)));
  entries.take(fragment(stretch(entry(2))));
  expect(words()).toEqual(["Day 1", "note 1", "note 2", "note 3"]);
});

test("what is older than all that is shown stays out until one scrolls up to it", () => {
  const entries = open(stretch(day(1) + entry(5)));
  expect(entries.take(fragment(stretch(entry(2))))).toEqual([]);
  expect(words()).toEqual(["Day 1", "note 5"]);
});

test("older ones come before, with the day named once and the link to yet older ones", () => {
  const entries = open(stretch(day(2) + entry(3, { day: 2 }), true));
  const more = day(1) + entry(1) + day(2) + entry(2, { day: 2 });
  entries.prepend(fragment(stretch(more, true)));
  expect(words()).toEqual(["Day 1", "note 1", "Day 2", "note 2", "note 3"]);
  expect(list.querySelectorAll("[data-older]")).toHaveLength(1);
  expect(list.firstElementChild).toBe(entries.older);
  entries.prepend(fragment(stretch(day(1) + entry(0))));
  expect(entries.older).toBeNull();
});

test("entries that come twice are there once", () => {
  const entries = open(stretch(day(1) + entry(2) + entry(3), true));
  entries.prepend(fragment(stretch(day(1) + entry(1) + entry(2))));
  expect(words()).toEqual(["Day 1", "note 1", "note 2", "note 3"]);
  expect(entries.count).toBe(3);
});

test("what is being sent stays below what comes meanwhile", () => {
  const entries = open(stretch(day(1) + entry(1)));
  const sending = document.createElement("li");
  sending.dataset.sending = "";
  sending.textContent = "Sending…";
  entries.append(sending);
  entries.take(fragment(stretch(entry(2))));
  expect(words()).toEqual(["Day 1", "note 1", "note 2", "Sending…"]);
});

test("an empty timeline takes its first entry", () => {
  const entries = open("");
  expect(entries.take(fragment(stretch(day(1) + entry(1))))).toHaveLength(1);
  expect(words()).toEqual(["Day 1", "note 1"]);
});

function many(): Entries {
  const all = Array.from({ length: 40 }, (_, at) => stretch(entry(at * 10) + entry(at * 10 + 1)));
  const entries = open(all.join(""));
  layOut();
  return entries;
}

const view = (): DOMRect => rect(0, HEIGHT - 1);
const inPage = (): number => list.querySelectorAll("[data-entry]").length;

test("only what is near to what is looked at is in the page, and it comes back where it was", () => {
  const entries = many();
  entries.settle(view());
  expect(inPage()).toBe((1 + NEAR) * 2);
  const folded = list.querySelectorAll<HTMLElement>("[data-stretch]")[30];
  expect(folded?.style.height).toBe(`${HEIGHT}px`);
  scrolled = 30 * HEIGHT;
  entries.settle(view());
  expect(folded?.style.height).toBe("");
  expect(inPage()).toBe((1 + 2 * NEAR) * 2);
  expect(entries.count).toBe(80);
  expect(entries.at(0)?.textContent).toBe("note 300");
});

test("the day at a height is told, unless its name stands there", () => {
  const entries = open(stretch(day(1) + entry(1) + entry(2)) + stretch(entry(3)));
  layOut();
  expect(entries.dayAt(HEIGHT / 2)).toBe("");
  scrolled = HEIGHT;
  expect(entries.dayAt(HEIGHT / 2)).toBe("Day 1");
});

test("an entry that is folded away is changed all the same", () => {
  const entries = many();
  entries.settle(view());
  expect(entries.take(fragment(stretch(entry(390, { stamp: "b", text: "70 %" }))))).toEqual([]);
  expect(words()).not.toContain("70 %");
  scrolled = 39 * HEIGHT;
  entries.settle(view());
  expect(words()).toContain("70 %");
});

test("what is new below while the end is folded away begins a stretch that is in the page", () => {
  const entries = many();
  entries.settle(view());
  expect(entries.take(fragment(stretch(entry(900))))).toHaveLength(1);
  expect(words().at(-1)).toBe("note 900");
  expect(list.querySelectorAll("[data-stretch]")).toHaveLength(41);
});

test("the stretch with the focus stays in the page", () => {
  const entries = many();
  const last = list.querySelector<HTMLElement>("#m-000391");
  last?.setAttribute("tabindex", "0");
  last?.focus();
  entries.settle(view());
  expect(document.activeElement).toBe(last);
  expect(inPage()).toBe((2 + NEAR) * 2);
});

test("beyond what is kept the newest stretches go, and may come again", () => {
  const entries = open(stretch(entry(5) + entry(6)) + stretch(entry(7) + entry(8)), 4);
  expect(entries.cut()).toBe(false);
  entries.prepend(fragment(stretch(entry(1))));
  expect(entries.cut()).toBe(true);
  expect(words()).toEqual(["note 1", "note 5", "note 6"]);
  expect(entries.take(fragment(stretch(entry(8))))).toHaveLength(1);
});
