/** Saves the draft by itself a moment after each change, and never over somebody else's work unasked. */

import type { Graph } from "../../canvas/graph";
import { Conflict, type Draft, type Stored } from "../../editor/saving";
import { ApiError } from "../../page/http";
import type { LocalCopy } from "./localcopy";

export type SaveState =
  | { kind: "saved"; at: Date | null }
  | { kind: "unsaved" }
  | { kind: "saving" }
  /** The server cannot be reached or is in trouble: kept in this browser, and tried again. */
  | { kind: "offline"; message: string }
  /** Saving again would not help: too large, no graph. */
  | { kind: "failed"; message: string }
  /** The person may not edit this workflow any more. */
  | { kind: "refused"; message: string }
  | { kind: "conflict"; conflict: Conflict };

export const CALM_MS = 1500;
/** Writing a large draft into the browser's storage takes time, too: not at every key. */
const KEEP_MS = 400;
const RETRY_MS = 10_000;

export class Saver {
  private shown: SaveState;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private underWay: Promise<boolean> | null = null;
  /** Text that is no graph cannot be saved: why, or an empty string. */
  private blocked = "";

  constructor(
    private readonly draft: Draft,
    private readonly local: LocalCopy,
    private readonly current: () => Graph,
    private saved: Graph,
    savedAt: Date | null,
    private known: { version: number; isDraft: boolean },
  ) {
    this.shown = { kind: "saved", at: savedAt };
  }

  readonly state = (): SaveState => this.shown;

  /** The version that is edited. */
  readonly version = (): { version: number; isDraft: boolean } => this.known;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get isDirty(): boolean {
    return this.current() !== this.saved || this.blocked !== "";
  }

  /** The text is no graph, so that nothing can be saved. */
  get isBlocked(): boolean {
    return this.blocked !== "";
  }

  /** The draft is another now: keep it here at once, send it soon. */
  changed(): void {
    if (!this.isDirty) {
      this.local.drop();
      if (this.shown.kind === "unsaved") this.show({ kind: "saved", at: null });
      return;
    }
    this.keeping ??= setTimeout(() => this.keep(), KEEP_MS);
    if (this.shown.kind === "conflict" || this.shown.kind === "refused") return;
    if (this.shown.kind !== "saving") this.show({ kind: "unsaved" });
    this.later(CALM_MS);
  }

  block(why: string): void {
    if (why === this.blocked) return;
    this.blocked = why;
    this.changed();
  }

  /** Whether the draft is stored as it stands. `overwrite` is the checksum of what may be replaced. */
  async save(overwrite?: string): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.underWay) await this.underWay;
    if (this.blocked !== "") return false;
    if (!this.isDirty && overwrite === undefined) return true;
    this.underWay = this.send(overwrite).finally(() => (this.underWay = null));
    return this.underWay;
  }

  /** The stored graph, which the editor takes over; from here on it is what the edit begins with. */
  async takeStored(): Promise<Stored> {
    return this.draft.load();
  }

  /** The draft is what is stored. */
  settle(graph: Graph): void {
    this.saved = graph;
    this.blocked = "";
    this.local.drop();
    this.show({ kind: "saved", at: new Date() });
  }

  private async send(overwrite: string | undefined): Promise<boolean> {
    const graph = this.current();
    this.show({ kind: "saving" });
    try {
      const stored = await this.draft.save(graph, overwrite);
      this.saved = graph;
      this.known = { version: stored.version, isDraft: stored.version_status === "draft" };
      this.show({ kind: "saved", at: new Date() });
      if (this.isDirty) this.changed();
      else this.local.drop();
      return true;
    } catch (error) {
      this.keep();
      this.fail(error);
      return false;
    }
  }

  private fail(error: unknown): void {
    const state = stateAfter(error);
    this.show(state);
    if (state.kind === "offline") this.later(RETRY_MS);
  }

  /** Keep the draft in this browser, if the server does not have it. */
  keep(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    if (this.isDirty) this.local.keep(this.current(), this.draft.checksum, new Date());
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), milliseconds);
  }

  private show(state: SaveState): void {
    this.shown = state;
    for (const listener of this.listeners) listener();
  }
}

function stateAfter(error: unknown): SaveState {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Conflict) return { kind: "conflict", conflict: error };
  const status = error instanceof ApiError ? error.problem.status : 0;
  if ([401, 403, 404].includes(status)) return { kind: "refused", message };
  if (status >= 400 && status < 500 && status !== 429) return { kind: "failed", message };
  return { kind: "offline", message };
}
