/**
 * The entries of a timeline: what comes is put where it belongs, what is there already changes in place.
 *
 * Only those near to what is looked at are in the page. The rest are folded away, stretch by stretch, and
 * keep their place: ten thousand are as quick to scroll through as a few hundred.
 */

import { refreshTimes } from "../page/times";
import { Stretch } from "./stretch";

/** Stretches that stay in the page on either side of those in sight. */
export const NEAR = 8;
/** Entries that are kept in all; what is newer goes when more are read above, and is fetched anew when wanted. */
export const MOST = 20_000;
/** Entries from which the newest begin another stretch. */
const LONG = 50;

export function fragment(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}

export class Entries {
  private readonly stretches: Stretch[];
  private readonly known = new Map<string, HTMLElement>();
  private readonly days = new Map<string, string>();

  constructor(
    private readonly list: HTMLElement,
    private readonly most = MOST,
  ) {
    this.stretches = [...list.querySelectorAll<HTMLElement>("[data-stretch]")].map((box) => new Stretch(box));
    for (const stretch of this.stretches) this.remember(stretch.entries);
    this.nameDays(list);
  }

  get count(): number {
    return this.known.size;
  }

  /** The link to older ones, above all entries. */
  get older(): HTMLElement | null {
    return this.list.querySelector<HTMLElement>("[data-older]");
  }

  /**
   * Puts entries where they belong by their ids, which rise with time. Gives those that were not there
   * before. What is older than all that is shown stays out: it comes when one scrolls up to it.
   */
  take(from: ParentNode): HTMLElement[] {
    this.nameDays(from);
    const added: HTMLElement[] = [];
    let day: HTMLElement | undefined;
    for (const each of from.querySelectorAll<HTMLElement>("[data-entry], [data-day]")) {
      if (each.dataset.day) {
        day = each;
        continue;
      }
      const entry = document.importNode(each, true);
      const known = this.known.get(idOf(entry));
      if (known) {
        if (known.dataset.stamp === entry.dataset.stamp) continue;
        known.replaceWith(entry);
      } else {
        if (!this.place(entry, day)) continue;
        added.push(entry);
      }
      this.remember([entry]);
      refreshTimes(entry);
    }
    return added;
  }

  /** Entries that are older than all that are there, before them, with the link to yet older ones. */
  prepend(from: ParentNode): void {
    this.nameDays(from);
    this.older?.remove();
    const stretch = new Stretch();
    for (const each of from.querySelectorAll<HTMLElement>("[data-entry], [data-day]"))
      if (!this.known.has(idOf(each))) stretch.box.append(document.importNode(each, true));
    const next = this.stretches[0];
    const day = next?.root.querySelector<HTMLElement>("[data-day]");
    if (day && stretch.last?.dataset.date === day.dataset.day && !day.previousElementSibling) day.remove();
    this.list.prepend(stretch.box);
    this.stretches.unshift(stretch);
    this.remember(stretch.entries);
    refreshTimes(stretch.box);
    const older = from.querySelector("[data-older]");
    if (older) this.list.prepend(document.importNode(older, true));
  }

  /** Puts something below all entries that is none of them yet. */
  append(node: HTMLElement): void {
    this.bottom().box.append(node);
  }

  /** Folds away what is far from what is looked at, and puts back what is near. */
  settle(view: DOMRect): void {
    const seen = this.stretches.map(({ box }) => {
      const { top, bottom } = box.getBoundingClientRect();
      return bottom > view.top && top < view.bottom;
    });
    const [first, last] = [seen.indexOf(true), seen.lastIndexOf(true)];
    if (first < 0) return;
    this.stretches.forEach((stretch, at) => {
      if (at < first - NEAR || at > last + NEAR) stretch.fold();
    });
    for (const stretch of this.stretches.slice(Math.max(0, first - NEAR), last + NEAR + 1)) stretch.unfold();
  }

  /** The first entry that reaches below a height on the screen; none where nothing is in the page there. */
  at(top: number): HTMLElement | undefined {
    const below = (each: Element): boolean => each.getBoundingClientRect().bottom > top;
    const stretch = this.stretches.find(({ box, isFolded }) => !isFolded && below(box));
    return stretch?.entries.find(below);
  }

  /** The name of the day at a height on the screen; empty where its name stands there itself. */
  dayAt(top: number): string {
    const entry = this.at(top);
    const before = entry?.previousElementSibling;
    if (
      !entry ||
      (before instanceof HTMLElement && before.dataset.day && before.getBoundingClientRect().bottom > top)
    )
      return "";
    return this.days.get(entry.dataset.date ?? "") ?? "";
  }

  /** Keeps what is held bounded: takes the newest stretches away. Gives whether any were. */
  cut(): boolean {
    const before = this.count;
    while (this.count > this.most && this.stretches.length > 1) {
      const stretch = this.stretches.pop();
      stretch?.entries.forEach((entry) => this.known.delete(idOf(entry)));
      stretch?.box.remove();
    }
    this.tellCount();
    return this.count < before;
  }

  private place(entry: HTMLElement, day: HTMLElement | undefined): boolean {
    const id = idOf(entry);
    const stretch = this.stretches.findLast(({ first }) => first && idOf(first) < id);
    if (!stretch && this.count) return false;
    const later = stretch?.entries.find((each) => idOf(each) > id);
    if (stretch && later) {
      stretch.root.insertBefore(entry, later);
      return true;
    }
    const last = this.stretches.findLast(({ first }) => first)?.last;
    const { box } = this.bottom();
    const sending = box.querySelector("[data-sending]");
    if (day && last?.dataset.date !== entry.dataset.date)
      box.insertBefore(document.importNode(day, true), sending);
    box.insertBefore(entry, sending);
    return true;
  }

  /** The stretch in the page that the newest go to. */
  private bottom(): Stretch {
    const last = this.stretches.at(-1);
    const isSending = last?.root.querySelector("[data-sending]");
    if (last && !last.isFolded && (isSending || last.entries.length < LONG)) return last;
    const stretch = new Stretch();
    this.list.append(stretch.box);
    this.stretches.push(stretch);
    return stretch;
  }

  /** For style sheets and tests: how many are held, in the page or folded away. */
  private tellCount(): void {
    this.list.dataset.count = String(this.count);
  }

  private nameDays(from: ParentNode): void {
    for (const each of from.querySelectorAll<HTMLElement>("[data-day]"))
      this.days.set(each.dataset.day ?? "", each.textContent.trim());
  }

  private remember(entries: HTMLElement[]): void {
    for (const entry of entries) this.known.set(idOf(entry), entry);
    this.tellCount();
  }
}

function idOf(entry: HTMLElement): string {
  return entry.dataset.entry ?? "";
}
