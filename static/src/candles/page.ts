/** The page of a test session: chart, list, review and cart, all showing the same moment. */

import { oncePerPicture } from "../page/dom";
import type { BarStore } from "./bars";
import type { About } from "./about";
import { Cart, type Item } from "./cart";
import { CandleChart } from "./chart";
import { wordsOf, type Words } from "./clock";
import type { Detection } from "./data";
import { Detail } from "./detail";
import { drawProgress, drawSend } from "./figures";
import { passes } from "./filter";
import { FilterBar } from "./filters";
import { listenForKeys, type Action } from "./keys";
import { DetectionList } from "./list";
import { Picking, type Picked } from "./picking";
import { Player } from "./player";
import { holdWhile, Reviews } from "./reviews";
import { knownAt, type Replay } from "./replay";
import { nearest, neighbour, nextOpen } from "./selection";
import { StatusLine } from "./status";

export class SessionPage {
  private readonly chart: CandleChart;
  private readonly list: DetectionList;
  private readonly player: Player;
  private readonly picking: Picking;
  private readonly reviews: Reviews;
  private readonly cart: Cart;
  private readonly filters: FilterBar;
  private readonly status: StatusLine;
  private readonly detail: Detail;
  private readonly words: Words;
  private readonly byNumber: ReadonlyMap<number, Detection>;
  private readonly mayReview: boolean;
  private chosen: number | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly about: About,
    private readonly bars: BarStore,
    private readonly detections: Detection[],
    private readonly span: readonly [number, number],
  ) {
    this.mayReview = about.isOpen && about.mayWork;
    this.byNumber = new Map(detections.map((each) => [each.number, each]));
    this.words = wordsOf(document.documentElement.dataset.zone ?? "UTC", about.stepSeconds);
    const { words } = this;
    const find = (name: string): HTMLElement | null => root.querySelector(`[data-${name}]`);
    this.status = new StatusLine(this.part("says"), find("saving"), find("again"), find("crowd"));
    const key = `session-filter:${about.person}:${about.kinds.join()}`;
    this.detail = new Detail(this.part("detail"), words, detections.length > 0);
    this.filters = new FilterBar(this.part("filters"), key, () => this.draw());
    this.player = new Player(root, bars.range, (isFar) => this.moved(isFar));
    this.chart = new CandleChart({
      host: this.part("chart"),
      bars,
      words,
      onPick: (bar, price) => this.clicked(bar, price),
      onTrouble: (isMissing) => {
        this.status.missing(isMissing);
        this.tell();
      },
      onCrowd: (count) => this.status.crowded(count),
    });
    this.list = new DetectionList(this.part("rows"), detections, words, (at) => this.choose(at));
    this.picking = new Picking({
      host: this.part("picking"),
      bars,
      words,
      kinds: about.kinds,
      onPoint: (bar) => this.chart.point(bar),
      onTake: (purpose, picked) => this.picked(purpose, picked),
      onEnd: () => this.drawPicking(),
    });
    this.cart = new Cart({
      host: this.part("cart"),
      count: this.part("cart-count"),
      items: about.cart,
      mayWork: this.mayReview,
      onRemove: (item) => {
        this.reviews.remove(item);
        this.draw();
      },
      onNote: (item, note) => this.reviews.note(item, note),
      onChoose: (item) => this.goTo(item),
    });
    this.reviews = new Reviews({
      api: about.api,
      feedback: about.feedback,
      person: about.person,
      detections,
      cart: this.cart,
      onChange: this.drawSoon,
      onState: (waiting, isCut) => this.status.unsaved(waiting, isCut),
    });
    this.listen();
    const wanted = detections.findIndex((each) => `#${each.number}` === location.hash);
    const first =
      wanted >= 0
        ? wanted
        : (nextOpen(detections, -1, this.filters.filter) ??
          neighbour(detections, -1, 1, this.filters.filter));
    if (first === undefined) {
      void this.chart.zoomTo(about.lastBar);
      this.draw();
    } else this.choose(first);
    this.tell();
  }

  private part(name: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(`[data-${name}]`);
    if (!found) throw new Error(`The page has no part for ${name}.`);
    return found;
  }

  private listen(): void {
    this.root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-do]") : null;
      if (button) this.actions[button.dataset.do as Action]();
    });
    listenForKeys(
      () => ({ isPicking: this.picking.isOn, isReplaying: this.replay.isOn }),
      (action) => this.actions[action](),
    );
    holdWhile(() => this.reviews.waiting > 0);
  }

  private readonly actions: Record<Action, () => void> = {
    next: () => this.walk(1),
    previous: () => this.walk(-1),
    right: () => this.review("right"),
    wrong: () => this.review("wrong"),
    undo: () => this.undo(),
    adjust: () => this.pick("adjust"),
    missed: () => this.pick("missed"),
    take: () => this.picking.take(),
    cancel: () => this.picking.end(),
    forward: () => this.step(1),
    back: () => this.step(-1),
    replay: () => this.player.toggle(this.current()?.confirmed_at ?? this.about.lastBar),
    play: () => this.player.togglePlay(),
    filter: () => this.filters.focus(),
    again: () => this.chart.retry(),
    help: () => document.querySelector<HTMLDialogElement>("#keys")?.showModal(),
  };

  private get replay(): Replay {
    return this.player.replay;
  }

  private get known(): number {
    return this.replay.isOn ? knownAt(this.detections, this.replay.now) : this.detections.length;
  }

  private choose(at: number): void {
    this.chosen = at;
    const each = this.detections[at];
    if (each) void this.chart.centre(each.bar);
    this.draw();
    this.list.reveal(at);
  }

  private walk(by: 1 | -1): void {
    const known = this.detections.slice(0, this.known);
    const from = this.chosen ?? (by > 0 ? -1 : known.length);
    const next = neighbour(known, from, by, this.filters.filter);
    if (next !== undefined) this.choose(next);
  }

  private goTo(item: Item): void {
    const at = item.detection === null ? -1 : item.detection - 1; // numbers are places, counted from 1
    if (at >= 0 && at < this.known) this.choose(at);
    else if (item.bar <= this.replay.now) void this.chart.point(item.bar);
  }

  private clicked(bar: number, price: number | undefined): void {
    if (this.picking.isOn) {
      this.picking.move(bar, price);
      return;
    }
    const near = nearest(this.detections.slice(0, this.known), bar, this.filters.filter);
    if (near !== undefined) this.choose(near);
  }

  private review(verdict: "right" | "wrong"): void {
    const each = this.current();
    if (each) this.say(each, { verdict });
  }

  private say(each: Detection, body: Parameters<Reviews["say"]>[1]): void {
    this.reviews.say(each, body);
    const known = this.detections.slice(0, this.known);
    const next = nextOpen(known, this.chosen ?? -1, this.filters.filter);
    if (next === undefined) {
      this.draw();
      return;
    }
    this.choose(next);
    const after = known[nextOpen(known, next, this.filters.filter) ?? next];
    if (after) this.chart.prepare(after.bar);
  }

  private current(): Detection | undefined {
    if (!this.mayReview || this.chosen === undefined || this.chosen >= this.known) return undefined;
    return this.detections[this.chosen];
  }

  private undo(): void {
    const each = this.current();
    if (!each?.verdict) return;
    this.reviews.unsay(each);
    this.draw();
  }

  private pick(purpose: "adjust" | "missed"): void {
    if (!this.mayReview) return;
    const each = this.current();
    if (purpose === "adjust" && !each) return;
    this.player.pause();
    const bar = this.replay.within(each?.bar ?? this.replay.now);
    this.picking.begin(purpose, bar);
    this.drawPicking(purpose);
  }

  private picked(purpose: "adjust" | "missed", { bar, price, kind, direction }: Picked): void {
    const each = this.current();
    if (purpose === "missed") this.reviews.miss({ bar, price, kind, direction });
    else if (each) this.say(each, { verdict: "adjust", bar, price });
  }

  private drawPicking(purpose = ""): void {
    this.part("chart").classList.toggle("is-picking", purpose !== "");
    for (const name of ["adjust", "missed"]) {
      this.button(name)?.setAttribute("aria-pressed", String(name === purpose));
    }
    if (!purpose) this.chart.unpoint();
  }

  private tell(): void {
    const { now, isOn } = this.replay;
    const { words, bars } = this;
    const time = bars.time(now);
    this.status.tell({
      now: time === undefined ? "loading" : words.exact(time),
      known: this.known,
      isReplaying: isOn,
      bar: now,
      last: this.about.lastBar,
      span: `${words.exact(this.span[0])} to ${words.exact(this.span[1])}`,
      count: this.about.lastBar - this.about.firstBar + 1,
    });
  }

  private step(by: number): void {
    if (this.picking.isOn) this.picking.step(by, this.replay.now);
    else this.player.step(by);
  }

  /** After the replay moved: nothing later than its bar is left in sight. */
  private moved(isFar: boolean): void {
    this.picking.end();
    void this.chart.showTo(this.replay.now).then(() => this.tell());
    if (isFar) void this.chart.zoomTo(this.replay.now);
    if (this.chosen !== undefined && this.chosen >= this.known) this.chosen = undefined;
    this.tell();
    this.draw();
  }

  private button(name: string): HTMLButtonElement | null {
    return this.root.querySelector<HTMLButtonElement>(`[data-do="${name}"]`);
  }

  /** What the server says of one review after the other is drawn once for each picture. */
  private readonly drawSoon = oncePerPicture(() => this.draw());

  private draw(): void {
    const known = this.detections.slice(0, this.known);
    const chosen = this.chosen === undefined ? undefined : this.detections[this.chosen];
    const { filter } = this.filters;
    const rows = known.flatMap((each, at) => (passes(each, filter) ? [at] : []));
    const shown = rows.flatMap((at) => known[at] ?? []);
    this.filters.tell(rows.length, known.length);
    if (chosen && !passes(chosen, filter)) {
      shown.push(chosen);
      rows.push(this.chosen ?? 0);
      rows.sort((a, b) => a - b);
    }
    this.chart.showDetections(shown, chosen);
    this.cart.showOnly(this.replay.isOn ? (item) => this.isKnown(item) : undefined);
    this.chart.showCorrections(this.about.cart.filter((item) => this.isKnown(item)));
    this.list.show(rows, known.length, this.chosen);
    drawProgress(this.part("progress-text"), this.part("progress"), known);
    drawSend(this.root.querySelector("[data-send]"), this.about.cart, this.about.elsewhere);
    this.detail.show(chosen);
  }

  /** Whether a correction speaks of what there was by the bar of the replay. */
  private isKnown(item: Item): boolean {
    const { now } = this.replay;
    const about = item.detection === null ? undefined : this.byNumber.get(item.detection);
    return item.bar <= now && (about?.confirmed_at ?? 0) <= now;
  }
}
