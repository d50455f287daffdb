/** What one reads stays where it is on the screen, whatever is put in, folded away or grows around it. */

import type { Entries } from "./entries";

/** Pixels from the bottom within which one follows what is written. */
const BOTTOM = 80;

export class Anchor {
  private entry: HTMLElement | undefined;
  private offset = 0;
  private follows = false;

  constructor(
    private readonly box: HTMLElement,
    private readonly entries: Entries,
  ) {
    const watcher = new ResizeObserver(() => this.restore());
    watcher.observe(box);
    for (const list of box.children) watcher.observe(list);
  }

  get atBottom(): boolean {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < BOTTOM;
  }

  /** After each scroll, and before anything is changed. */
  remember(): void {
    this.follows = this.atBottom;
    const top = this.box.getBoundingClientRect().top;
    this.entry = this.entries.at(top);
    this.offset = (this.entry?.getBoundingClientRect().top ?? 0) - top;
  }

  /** After a change. An entry that was put in place anew is found by its id. */
  restore(): void {
    if (this.follows) {
      this.box.scrollTop = this.box.scrollHeight;
      return;
    }
    if (this.entry && !this.entry.isConnected)
      this.entry = document.getElementById(this.entry.id) ?? undefined;
    if (!this.entry) {
      this.remember(); // what was folded away there is back
      return;
    }
    const moved = this.entry.getBoundingClientRect().top - this.box.getBoundingClientRect().top - this.offset;
    if (Math.abs(moved) >= 0.5) this.box.scrollTop += moved;
  }

  /** Does something that changes the page around what one reads. */
  keep<T>(change: () => T): T {
    this.remember();
    const given = change();
    this.restore();
    return given;
  }

  toBottom(): void {
    this.follows = true;
    this.restore();
  }
}
