/** Keeps one answer on the server while it is typed: one request at a time, the latest text last. */

import { ApiError } from "../page/http";

/** A text, a tick, or the choices that are ticked. */
export type Value = string | boolean | string[];

export interface Text {
  value: Value;
  private?: boolean;
}

export type State =
  | { kind: "saved"; at: Date }
  | { kind: "blank" }
  | { kind: "saving" }
  | { kind: "offline" }
  | { kind: "refused"; message: string }
  | { kind: "changed"; message: string; theirs: unknown };

export interface Kept {
  revision: number;
  saved_at: string | null;
}

/** Throws ApiError. Null is the answer of a server that no longer knows who is asking. */
export type Send = (text: Text, revision: number) => Promise<Kept | null>;

const CALM = 800;
const AGAIN = 5_000;

export class Saver {
  private waiting: Text | null = null;
  private inFlight = false;
  private refused = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private clash: { revision: number; mine: Text } | null = null;
  private done: (() => void)[] = [];

  constructor(
    private readonly send: Send,
    private seen: number,
    private readonly tell: (state: State) => void,
  ) {}

  /** The revision that the next request builds on. */
  get revision(): number {
    return this.seen;
  }

  /** Whether leaving now would lose something. */
  get unsaved(): boolean {
    return this.blocked || this.inFlight || this.refused;
  }

  /** Whether even sending the whole form would lose it: no network, nobody logged in, or two texts. */
  get blocked(): boolean {
    return this.waiting !== null || this.clash !== null;
  }

  /** What stands in the field now; sent when the person rests. */
  type(text: Text, wait = CALM): void {
    if (this.clash) {
      this.clash.mine = text;
      return;
    }
    this.waiting = text;
    this.later(wait);
  }

  /** What is said next builds on this revision: of a text that was typed before the page was loaded. */
  rebase(revision: number): void {
    this.seen = revision;
  }

  /** Nothing is there on the server any more: what is said next is the first that is. */
  forget(): void {
    this.stop();
    this.waiting = null;
    this.clash = null;
    this.refused = false;
    this.seen = 0;
  }

  /** Send what waits at once: the network is back, or the page is about to be left. */
  flush(): void {
    this.stop();
    void this.work();
  }

  /** Resolves when nothing is under way any more, be it for good or bad. */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      this.done.push(resolve);
      this.flush();
    });
  }

  /** After a clash: mine goes over theirs. */
  keepMine(): void {
    if (!this.clash) return;
    this.seen = this.clash.revision;
    this.waiting = this.clash.mine;
    this.clash = null;
    this.flush();
  }

  /** After a clash: theirs stays, and is what the next change builds on. */
  takeTheirs(): void {
    if (!this.clash) return;
    this.seen = this.clash.revision;
    this.clash = null;
  }

  /** Something was typed meanwhile, and its rest is over. */
  private isDue(): boolean {
    return this.waiting !== null && this.timer === undefined;
  }

  private later(wait: number): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.work();
    }, wait);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async work(): Promise<void> {
    if (this.inFlight) return;
    const text = this.waiting;
    if (text) {
      this.waiting = null;
      this.inFlight = true;
      this.tell({ kind: "saving" });
      try {
        this.took(text, await this.send(text, this.seen));
      } catch (error) {
        this.failed(text, error);
      } finally {
        this.inFlight = false;
      }
      if (this.isDue()) return this.work();
    }
    for (const resolve of this.done.splice(0)) resolve();
  }

  private took(text: Text, kept: Kept | null): void {
    if (!kept) {
      this.waiting ??= text;
      this.later(AGAIN);
      this.tell({ kind: "refused", message: "you are logged out. Log in again in another tab." });
      return;
    }
    this.refused = false;
    this.seen = kept.revision;
    if (isBlank(text.value)) this.tell({ kind: "blank" });
    else if (kept.saved_at) this.tell({ kind: "saved", at: new Date(kept.saved_at) });
  }

  private failed(text: Text, error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    const { status, code, detail, revision, value } = error.problem;
    const mine = this.waiting ?? text;
    if (code === "answer_changed" && typeof revision === "number") {
      this.waiting = null;
      this.clash = { revision, mine };
      this.tell({ kind: "changed", message: detail, theirs: value });
    } else if (status === 0 || status >= 500) {
      this.waiting = mine;
      this.tell({ kind: "offline" });
      this.later(AGAIN);
    } else {
      this.refused = true;
      this.tell({ kind: "refused", message: detail });
    }
  }
}

/** As the server sees it: such a value never takes the place of an answer. */
export function isBlank(value: Value): boolean {
  return typeof value === "string" ? !value.trim() : Array.isArray(value) && !value.length;
}
