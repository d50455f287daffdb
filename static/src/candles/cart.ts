/** What was said and not sent yet: corrections one by one, with a note each, and how many were confirmed. */

import { el, icon } from "../page/dom";
import { spoken } from "./data";

export interface Item {
  id: string;
  detection: number | null;
  verdict: string;
  kind: string;
  direction: string;
  bar: number;
  price: number | null;
  note: string;
}

const MOST = 200;
const TONES: Record<string, string> = { wrong: "bad", adjust: "waiting", missed: "accent" };

interface Options {
  host: HTMLElement;
  count: HTMLElement;
  items: Item[];
  mayWork: boolean;
  onRemove: (item: Item) => void;
  onNote: (item: Item, note: string) => void;
  onChoose: (item: Item) => void;
}

export class Cart {
  private isShown: ((item: Item) => boolean) | undefined;
  private drawn = "";

  constructor(private readonly options: Options) {
    this.draw();
  }

  put(item: Item): void {
    const { items } = this.options;
    const at = items.findIndex((each) => each.id === item.id);
    if (at < 0) items.push(item);
    else items[at] = item;
    this.draw();
  }

  drop(which: (item: Item) => boolean): void {
    const { items } = this.options;
    const kept = items.filter((item) => !which(item));
    if (kept.length === items.length) return;
    items.splice(0, items.length, ...kept);
    this.draw();
  }

  /** In a replay, what was not known yet is left out. */
  showOnly(isShown?: (item: Item) => boolean): void {
    if (!isShown && !this.isShown) return;
    this.isShown = isShown;
    this.draw();
  }

  private draw(): void {
    const { host, count } = this.options;
    const items = this.isShown ? this.options.items.filter(this.isShown) : this.options.items;
    const corrections = items.filter((item) => item.verdict !== "right");
    const confirmed = items.length - corrections.length;
    count.textContent = items.length ? `${corrections.length} to mend, ${confirmed} to keep` : "";
    const rows = corrections.slice(-MOST).reverse();
    const now = JSON.stringify([rows, corrections.length, confirmed > 0]);
    if (now === this.drawn) return; // somebody may be writing a note
    this.drawn = now;
    if (!corrections.length) {
      const text = confirmed
        ? "Nothing to mend yet. What you confirmed is kept as it is by later versions."
        : "What you say of detections is collected here.";
      host.replaceChildren(el("p", { class: "px-4 py-6 text-center text-muted" }, text));
      return;
    }
    const more = corrections.length - rows.length;
    host.replaceChildren(
      el("ul", { class: "divide-y divide-line" }, ...rows.map((item) => this.row(item))),
      (more > 0 && el("p", { class: "px-4 py-3 text-muted" }, `And ${more} more.`)) || "",
    );
  }

  private row(item: Item): HTMLLIElement {
    const { mayWork, onRemove, onNote, onChoose } = this.options;
    const name = `${spoken(item.kind)} at bar ${item.bar}`;
    const go = el("button", { type: "button", class: "link-quiet min-w-0 flex-1 truncate text-start" }, name);
    go.addEventListener("click", () => onChoose(item));
    const head = el(
      "div",
      { class: "flex items-center gap-2" },
      el("span", { class: `pill tone-${TONES[item.verdict] ?? "muted"}` }, spoken(item.verdict)),
      go,
    );
    if (!mayWork) return el("li", { class: "px-4 py-2.5" }, head, item.note ? el("p", {}, item.note) : null);
    const remove = el(
      "button",
      { type: "button", class: "btn btn-xs btn-ghost btn-square", "aria-label": `Remove: ${name}` },
      icon("x", "size-3.5"),
    );
    remove.addEventListener("click", () => onRemove(item));
    head.append(remove);
    const note = el("input", {
      class: "input input-xs mt-1.5 w-full",
      placeholder: "Why? (optional)",
      "aria-label": `Note: ${name}`,
      maxlength: "4000",
      value: item.note,
    });
    note.addEventListener("change", () => onNote(item, note.value));
    return el("li", { class: "px-4 py-2.5" }, head, note);
  }
}
