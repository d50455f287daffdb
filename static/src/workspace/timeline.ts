/** The timeline of a workspace: older entries as one scrolls up, new and changed ones by themselves. */

import { el, icon } from "../page/dom";
import { Anchor } from "./anchor";
import { Entries, fragment } from "./entries";

const POLL = 3_000;
const SLOW = 30_000; // while the page is hidden or the server does not answer
const AHEAD = "1200px 0px 0px"; // older ones are fetched before one comes to them

export class Timeline {
  private readonly entries: Entries;
  private readonly anchor: Anchor;
  private since: string;
  private latest: boolean;
  private loading = false;
  private unseen = 0;

  constructor(private readonly box: HTMLElement) {
    const list = box.querySelector<HTMLElement>("[data-entries]");
    if (!list) throw new Error("a timeline has its list");
    this.entries = new Entries(list);
    this.anchor = new Anchor(box, this.entries);
    this.since = box.dataset.since ?? "";
    this.latest = "latest" in box.dataset;
    if (this.latest) this.anchor.toBottom();
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.watchOlder();
    if (this.latest) setTimeout(() => void this.poll(), POLL);
    document.addEventListener("visibilitychange", () => {
      if (this.latest && !document.hidden) void this.ask();
    });
  }

  /** What one wrote oneself: shown at the bottom, to which the page goes, if need be by loading it. */
  wrote(from: ParentNode): void {
    if (this.latest) this.take(from, true);
    else document.querySelector<HTMLAnchorElement>("[data-jump] a")?.click();
  }

  /** What one wrote, at once; it goes when the server's entry comes, or when it is refused. */
  sending(text: string, files: number): HTMLElement {
    const more = files ? ` ${files} file${files === 1 ? "" : "s"}` : "";
    const entry = el(
      "li",
      { class: "entry tone-muted entry-sending", "data-sending": true },
      el("span", { class: "entry-face", "aria-hidden": "true" }, icon("send")),
      el(
        "div",
        { class: "min-w-0 grow" },
        el("p", { class: "entry-head" }, el("span", { class: "text-muted" }, `Sending${more}…`)),
        el("div", { class: "entry-body" }, el("p", { class: "entry-text", dir: "auto" }, text)),
      ),
    );
    this.entries.append(entry);
    this.anchor.toBottom();
    return entry;
  }

  /** Entries that the server wrote, in place; follows them if one reads at the bottom. */
  private take(from: ParentNode, follow = this.anchor.atBottom): void {
    const added = this.anchor.keep(() => this.entries.take(from));
    if (added.length) this.box.querySelector("[data-empty]")?.remove();
    if (follow) this.anchor.toBottom();
    else if (added.length) this.tellOfNew(added.length);
  }

  private scrolled(): void {
    this.anchor.keep(() => this.entries.settle(this.box.getBoundingClientRect()));
    if (this.anchor.atBottom) this.seen();
    this.tellDay();
  }

  /** While one reads above: which day that is, since its name may be far away. */
  private tellDay(): void {
    const where = document.querySelector<HTMLElement>("[data-where]");
    if (!where) return;
    const day = this.entries.dayAt(this.box.getBoundingClientRect().top);
    where.textContent = day;
    where.hidden = !day || this.anchor.atBottom;
  }

  private async poll(): Promise<void> {
    const good = document.hidden || (await this.ask());
    if (this.latest) setTimeout(() => void this.poll(), good && !document.hidden ? POLL : SLOW);
  }

  /** Gives whether the server answered. */
  private async ask(): Promise<boolean> {
    const url = new URL(this.box.dataset.changes ?? "", location.href);
    for (const show of new URLSearchParams(location.search).getAll("show"))
      url.searchParams.append("show", show);
    url.searchParams.set("since", this.since);
    try {
      const answer = await fetch(url, { headers: { "X-Part": "changes" } });
      if (answer.status === 404) location.reload(); // one was taken out of it: nothing of it stays in sight
      if (!answer.ok || answer.redirected) return false;
      const found = fragment(await answer.text());
      this.since = found.querySelector<HTMLElement>("[data-since]")?.dataset.since ?? this.since;
      if (this.latest) this.take(found);
      this.renewHead(found);
    } catch {
      return false;
    }
    return true;
  }

  /** Left alone while somebody writes a comment in one of its dialogs. */
  private renewHead(found: Document): void {
    const head = found.getElementById("workspace-head");
    const there = document.getElementById("workspace-head");
    if (head && there && !there.querySelector("dialog[open]"))
      there.replaceWith(document.importNode(head, true));
  }

  private watchOlder(): void {
    const link = this.entries.older;
    if (!link) return;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((each) => each.isIntersecting)) void this.older(link, watcher);
      },
      { root: this.box, rootMargin: AHEAD },
    );
    watcher.observe(link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void this.older(link, watcher);
    });
  }

  private async older(link: HTMLElement, watcher: IntersectionObserver): Promise<void> {
    const url = link.querySelector("a")?.href;
    if (!url || this.loading) return;
    this.loading = true;
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "X-Part": "older" } });
      if (!answer.ok || answer.redirected) return;
      const found = fragment(await answer.text());
      watcher.disconnect();
      const focused = link.contains(document.activeElement);
      this.anchor.keep(() => this.entries.prepend(found));
      if (focused) this.box.focus({ preventScroll: true });
      if (this.entries.cut()) this.leaveLatest();
    } catch {
      return; // the link stays, to be tried again
    } finally {
      this.loading = false;
      link.removeAttribute("aria-busy");
    }
    this.watchOlder();
  }

  /** The newest were taken out of the page: a link leads back to them. */
  private leaveLatest(): void {
    this.latest = false;
    this.jump("To the newest");
  }

  private tellOfNew(count: number): void {
    this.unseen += count;
    this.jump(`${this.unseen} new`);
    const said = document.querySelector("[data-said]");
    if (said) said.textContent = `${this.unseen} new ${this.unseen === 1 ? "entry" : "entries"} below`;
  }

  private seen(): void {
    if (!this.latest || !this.unseen) return;
    this.unseen = 0;
    const jump = document.querySelector<HTMLElement>("[data-jump]");
    if (jump) jump.hidden = true;
  }

  private jump(words: string): void {
    const jump = document.querySelector<HTMLElement>("[data-jump]");
    const text = jump?.querySelector("[data-jump-words]");
    if (!jump || !text) return;
    jump.hidden = false;
    text.textContent = words;
    jump.onclick = (event) => {
      if (!this.latest) return;
      event.preventDefault();
      this.anchor.toBottom();
      this.seen();
    };
  }
}
