/** What the run's page shows of the run: now or at an earlier moment, whole or inside a map. */

import type { Graph } from "../canvas/graph";
import type { Badge } from "../canvas/marks";
import { callApi } from "../page/http";
import { afterEvent, type Figures, type Marks, NO_MARKS, type RunEvent } from "./marks";
import { itemsOf, Timeline } from "./timeline";

export interface ShownRun {
  graph: Graph;
  marks: Marks;
  figures: Record<string, Figures>;
}

/** A map whose steps are looked at: all its items' scopes lie below `scope`. */
interface Opened {
  scope: string;
  node: string;
  /** Which of its items, as a place in the list of those that have begun. */
  item: number;
}

export const SPEEDS = [1, 2, 5, 20, 100];
const PACE = 700;
const FRAME = 40;

export class RunModel {
  live: Marks;
  readonly timeline: Timeline;
  /** The event after which the run is shown; null for now. */
  position: number | null = null;
  isPlaying = false;
  speed = 1;
  selected: string | null = null;
  opened: Opened[] = [];
  problem = "";
  /** By node: figures that a product adds to how the run stands now. */
  badges: Record<string, Badge[]> = {};
  private version = 0;
  private loading: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    shown: ShownRun,
    public seq: number,
    private readonly timelineUrl: string,
    private readonly fetchPiece: (url: string) => Promise<unknown> = (url) => callApi("GET", url),
  ) {
    const earlier = Object.entries(shown.marks.nodes).filter(([, mark]) => mark.state === "earlier");
    this.timeline = new Timeline({ ...NO_MARKS, nodes: Object.fromEntries(earlier) });
    const nodes = Object.entries(shown.marks.nodes).map(([id, mark]) => [
      id,
      { ...mark, ...shown.figures[id] },
    ]);
    this.live = { nodes: Object.fromEntries(nodes) as Marks["nodes"], edges: shown.marks.edges };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly getVersion = (): number => this.version;

  get at(): number {
    return this.position ?? this.seq;
  }

  /** Events came while the page is open. */
  take(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.seq <= this.seq) continue;
      this.live = afterEvent(this.live, event);
      this.seq = event.seq;
    }
    if (this.opened.length > 0 && this.position === null) void this.load(this.seq);
    this.changed();
  }

  /** The workflow's own marks at the moment that is shown. */
  marks(): Marks {
    return this.position === null ? this.live : (this.timeline.at(this.position).get("") ?? NO_MARKS);
  }

  /** Scopes of the items of the innermost opened map that had begun by then. */
  items(): string[] {
    const last = this.opened.at(-1);
    return last ? itemsOf(this.timeline.at(this.at), last.scope, last.node) : [];
  }

  marksInside(scope: string | undefined): Marks {
    return (scope === undefined ? undefined : this.timeline.at(this.at).get(scope)) ?? NO_MARKS;
  }

  showBadges(badges: Record<string, Badge[]>): void {
    this.badges = badges;
    this.changed();
  }

  select(node: string | null): void {
    if (this.selected === node) return;
    this.selected = node;
    this.changed();
  }

  async seek(seq: number): Promise<void> {
    const wanted = Math.max(0, Math.min(seq, this.seq));
    this.position = wanted;
    this.problem = "";
    if (this.timeline.last < wanted) {
      this.changed(); // says that it loads
      await this.load(wanted);
    }
    this.changed();
  }

  /** Back to now. */
  end(): void {
    this.pause();
    this.position = null;
    this.changed();
  }

  async step(by: number): Promise<void> {
    this.pause();
    await this.seek(this.at + by);
  }

  async play(): Promise<void> {
    this.isPlaying = true;
    if (this.position === null || this.position >= this.seq) await this.seek(0);
    this.changed();
    this.tick();
  }

  pause(): void {
    clearTimeout(this.timer);
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.changed();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.changed();
  }

  async open(node: string): Promise<void> {
    await this.load(this.seq);
    const scope = this.opened.length > 0 ? (this.items()[this.opened.at(-1)?.item ?? 0] ?? "") : "";
    this.opened = [...this.opened, { scope, node, item: 0 }];
    this.select(null);
    this.changed();
  }

  close(levels: number): void {
    this.opened = this.opened.slice(0, levels);
    this.select(null);
    this.changed();
  }

  showItem(item: number): void {
    const last = this.opened.at(-1);
    if (!last) return;
    this.opened = [...this.opened.slice(0, -1), { ...last, item }];
    this.changed();
  }

  /** Has the events up to `seq` fetched, if they are not there yet. */
  async load(seq: number): Promise<void> {
    while (this.timeline.last < seq && this.problem === "") {
      this.loading ??= this.loadPiece().finally(() => (this.loading = undefined));
      const before = this.timeline.last;
      await this.loading;
      if (this.timeline.last === before) return;
    }
  }

  private async loadPiece(): Promise<void> {
    try {
      const piece = await this.fetchPiece(`${this.timelineUrl}?after=${this.timeline.last}`);
      this.timeline.add((piece as { events: RunEvent[] }).events);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.pause();
    }
  }

  private tick(): void {
    const pause = Math.max(FRAME, PACE / this.speed);
    const stride = Math.max(1, Math.round((pause * this.speed) / PACE));
    this.timer = setTimeout(() => {
      if (!this.isPlaying) return;
      void this.seek(this.at + stride).then(() => {
        if (this.at < this.seq) this.tick();
        else this.pause();
      });
    }, pause);
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
