/** The timeline of a workspace: older entries as one scrolls up, new and changed ones by themselves. */

import { icon, el } from "../page/dom";
import { refreshTimes } from "../page/times";
import { cut, fragment, prepend, upsert } from "./entries";

const POLL = 3_000;
const SLOW = 30_000; // while the page is hidden or the server does not answer
const NEAR = 80;

export class Timeline {
  private readonly list: HTMLElement;
  private since: string;
  private latest: boolean;
  private loading = false;
  private unseen = 0;

  constructor(private readonly box: HTMLElement) {
    const list = box.querySelector<HTMLElement>("[data-entries]");
    if (!list) throw new Error("a timeline has its list");
    this.list = list;
    this.since = box.dataset.since ?? "";
    this.latest = "latest" in box.dataset;
    if (this.latest) this.toBottom();
    this.watchOlder();
    box.addEventListener("scroll", () => this.atBottom && this.seen(), { passive: true });
    if (this.latest) setTimeout(() => void this.poll(), POLL);
    document.addEventListener("visibilitychange", () => document.hidden || void this.ask());
  }

  get atBottom(): boolean {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  toBottom(): void {
    this.box.scrollTop = this.box.scrollHeight;
    requestAnimationFrame(() => (this.box.scrollTop = this.box.scrollHeight));
  }

  /** Entries that the server wrote, in place; follows them if one reads at the bottom. */
  take(from: ParentNode, follow = this.atBottom): void {
    const added = upsert(this.list, from);
    if (added.length) this.box.querySelector("[data-empty]")?.remove();
    refreshTimes(this.list);
    if (follow) this.toBottom();
    else if (added.length) this.tellOfNew(added.length);
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
        el("div", { class: "entry-body" }, el("p", { class: "entry-text" }, text)),
      ),
    );
    this.list.append(entry);
    this.toBottom();
    return entry;
  }

  private async poll(): Promise<void> {
    const good = document.hidden || (await this.ask());
    if (this.latest) setTimeout(() => void this.poll(), good && !document.hidden ? POLL : SLOW);
  }

  /** Gives whether the server answered. */
  private async ask(): Promise<boolean> {
    if (!this.latest) return true;
    const url = new URL(this.box.dataset.changes ?? "", location.href);
    for (const show of new URLSearchParams(location.search).getAll("show"))
      url.searchParams.append("show", show);
    url.searchParams.set("since", this.since);
    try {
      const answer = await fetch(url, { headers: { "X-Part": "changes" } });
      if (!answer.ok || answer.redirected) return false;
      const found = fragment(await answer.text());
      this.since = found.querySelector<HTMLElement>("[data-since]")?.dataset.since ?? this.since;
      this.take(found);
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
    const link = this.list.querySelector<HTMLElement>("[data-older]");
    if (!link) return;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((each) => each.isIntersecting)) void this.older(link, watcher);
      },
      { root: this.box, rootMargin: "400px 0px 0px" },
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
    try {
      const answer = await fetch(url, { headers: { "X-Part": "older" } });
      if (!answer.ok || answer.redirected) return;
      const found = fragment(await answer.text());
      watcher.disconnect();
      this.keepPlace(link, found);
      if (cut(this.list)) this.leaveLatest();
      refreshTimes(this.list);
    } catch {
      return; // the link stays, to be tried again
    } finally {
      this.loading = false;
    }
    this.watchOlder();
  }

  /** What one reads stays where it is on the screen. */
  private keepPlace(link: HTMLElement, found: Document): void {
    const anchor = [...this.list.querySelectorAll<HTMLElement>("[data-entry]")].find(
      (entry) => entry.getBoundingClientRect().bottom > this.box.getBoundingClientRect().top,
    );
    const before = anchor?.getBoundingClientRect().top ?? 0;
    link.remove();
    prepend(this.list, found);
    if (anchor) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
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
      this.toBottom();
      this.seen();
    };
  }
}
