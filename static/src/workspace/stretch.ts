/** A stretch of entries: a part of the timeline that is in the page, or folded to an empty box of its height. */

import { el } from "../page/dom";
import { refreshTimes } from "../page/times";

export class Stretch {
  private away: DocumentFragment | undefined;

  constructor(readonly box: HTMLElement = el("ol", { "data-stretch": true })) {}

  /** Where its entries are, in the page or out of it. */
  get root(): HTMLElement | DocumentFragment {
    return this.away ?? this.box;
  }

  get entries(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>("[data-entry]")];
  }

  get first(): HTMLElement | null {
    return this.root.querySelector<HTMLElement>("[data-entry]");
  }

  get last(): HTMLElement | undefined {
    return this.entries.at(-1);
  }

  get isFolded(): boolean {
    return this.away !== undefined;
  }

  /** Leaves alone what is in use: with the keyboard's focus, with marked text, or a video that plays. */
  fold(): void {
    if (this.away || this.inUse()) return;
    const height = this.box.getBoundingClientRect().height;
    this.away = document.createDocumentFragment();
    this.away.append(...this.box.childNodes);
    this.box.style.height = `${height}px`;
    this.box.setAttribute("role", "presentation"); // it is no empty list
  }

  unfold(): void {
    if (!this.away) return;
    refreshTimes(this.away);
    this.box.append(this.away);
    this.away = undefined;
    this.box.style.height = "";
    this.box.removeAttribute("role");
  }

  private inUse(): boolean {
    if (this.box.contains(document.activeElement)) return true;
    const marked = document.getSelection();
    if (marked && !marked.isCollapsed && marked.containsNode(this.box, true)) return true;
    return [...this.box.querySelectorAll("video")].some((video) => !video.paused);
  }
}
