/** The page of a test session: chart, list, review and cart, all showing the same moment. */

import { el } from "../page/dom";
import { exactly } from "../page/times";
import { toast } from "../page/toasts";
import { Cart, type Item } from "./cart";
import { CandleChart } from "./chart";
import { timeOf, type Bars, type Detection } from "./data";
import { actionOf, isTaken, type Action } from "./keys";
import { detailOf } from "./detail";
import { DetectionList } from "./list";
import { Picking, type Picked } from "./picking";
import { Player } from "./player";
import { Reviews } from "./reviews";
import { knownAt, type Replay } from "./replay";
import { neighbour, nextOpen, type Filter } from "./selection";

export interface About {
  firstBar: number;
  lastBar: number;
  kinds: string[];
  isOpen: boolean;
  mayWork: boolean;
  bars: string;
  detections: string;
  api: string;
  person: string;
  feedback: string;
  cart: Item[];
  elsewhere: number;
  counts: { detections: number; reviewed: number; right: number; missed: number };
}

export class SessionPage {
  private readonly chart: CandleChart;
  private readonly list: DetectionList;
  private readonly player: Player;
  private readonly picking: Picking;
  private readonly reviews: Reviews;
  private readonly cart: Cart;
  private readonly mayReview: boolean;
  private chosen: number | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly about: About,
    private readonly bars: Bars,
    private readonly detections: Detection[],
  ) {
    this.mayReview = about.isOpen && about.mayWork;
    const range = { first: about.firstBar, last: about.lastBar };
    this.player = new Player(root, range, (isFar) => this.moved(isFar));
    this.chart = new CandleChart(this.part("chart"), bars, (bar, price) => this.clicked(bar, price));
    this.list = new DetectionList(this.part("rows"), detections, bars, (at) => this.choose(at));
    this.picking = new Picking({
      host: this.part("picking"),
      bars,
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
      onChange: () => this.draw(),
      onState: (waiting, isCut) => this.said(waiting, isCut),
    });
    this.listen();
    this.chart.showTo(about.lastBar);
    this.chart.zoomTo(about.lastBar);
    const wanted = detections.findIndex((each) => `#${each.number}` === location.hash);
    const first = wanted >= 0 ? wanted : (nextOpen(detections, -1) ?? (detections.length ? 0 : undefined));
    if (first === undefined) this.draw();
    else this.choose(first);
    this.said(0, false);
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
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target, event.key)) return;
      if (document.querySelector("dialog[open]")) return;
      const mode = { isPicking: this.picking.isOn, isReplaying: this.replay.isOn };
      const action = actionOf(event.key, mode);
      if (!action) return;
      event.preventDefault();
      this.actions[action]();
    });
    this.part("filter").addEventListener("change", (event) => {
      this.list.filter = (event.target as HTMLSelectElement).value as Filter;
      this.draw();
    });
    for (const form of document.querySelectorAll("[data-complete], [data-send]")) {
      form.addEventListener("click", (event) => this.hold(event));
    }
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
    if (each) this.chart.centre(each.bar);
    this.draw();
    this.list.reveal(at);
  }

  private walk(by: 1 | -1): void {
    const known = this.detections.slice(0, this.known);
    const from = this.chosen ?? (by > 0 ? -1 : known.length);
    const next = neighbour(known, from, by, this.list.filter);
    if (next !== undefined) this.choose(next);
  }

  private goTo(item: Item): void {
    const at = this.detections.findIndex((each) => each.number === item.detection);
    if (at >= 0 && at < this.known) this.choose(at);
    else if (item.bar <= this.replay.now) this.chart.point(item.bar);
  }

  private clicked(bar: number, price: number | undefined): void {
    if (this.picking.isOn) {
      this.picking.move(bar, price);
      return;
    }
    const near = this.detections
      .slice(0, this.known)
      .map((each, at) => ({ at, away: Math.abs(each.bar - bar) }));
    const best = near.reduce<{ at: number; away: number } | undefined>(
      (found, each) => (each.away <= 2 && each.away < (found?.away ?? 3) ? each : found),
      undefined,
    );
    if (best) this.choose(best.at);
  }

  private review(verdict: "right" | "wrong"): void {
    const each = this.current();
    if (each) this.say(each, { verdict });
  }

  private say(each: Detection, body: Parameters<Reviews["say"]>[1]): void {
    this.reviews.say(each, body);
    const next = nextOpen(this.detections.slice(0, this.known), this.chosen ?? -1);
    if (next === undefined) this.draw();
    else this.choose(next);
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
    this.chart.point(bar);
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

  /** Nothing that was said is lost behind a session that is completed, or a batch that is sent. */
  private hold(event: Event): void {
    if (!this.reviews.waiting) return;
    event.preventDefault();
    event.stopPropagation();
    toast("Some reviews are still on their way. Try again in a moment.", "waiting");
  }

  private said(waiting: number, isCut: boolean): void {
    this.part("says").textContent = isCut
      ? `The server cannot be reached. ${waiting} ${waiting === 1 ? "review waits" : "reviews wait"} in this browser and will be sent.`
      : this.barText();
  }

  private barText(): string {
    const { now } = this.replay;
    const time = exactly(timeOf(this.bars, now));
    return this.replay.isOn
      ? `Bar ${now} of ${this.about.lastBar}, ${time}: ${this.known} of ${this.detections.length} detections were known.`
      : `${this.bars.count.toLocaleString("en-GB")} bars to ${time}.`;
  }

  private step(by: number): void {
    if (this.picking.isOn) this.picking.step(by, this.replay.now);
    else this.player.step(by);
  }

  /** After the replay moved: nothing later than its bar is left in sight. */
  private moved(isFar: boolean): void {
    this.picking.end();
    this.chart.showTo(this.replay.now);
    if (isFar) this.chart.zoomTo(this.replay.now);
    if (this.chosen !== undefined && this.chosen >= this.known) this.chosen = undefined;
    this.said(0, false);
    this.draw();
  }

  private button(name: string): HTMLButtonElement | null {
    return this.root.querySelector<HTMLButtonElement>(`[data-do="${name}"]`);
  }

  private draw(): void {
    const { known } = this;
    const chosen = this.chosen === undefined ? undefined : this.detections[this.chosen];
    this.chart.showDetections(
      known === this.detections.length ? this.detections : this.detections.slice(0, known),
      chosen,
    );
    this.chart.showCorrections(this.about.cart.filter((item) => item.bar <= this.replay.now));
    this.list.show(known, this.chosen);
    const reviewed = this.detections.reduce((sum, each) => sum + (each.verdict ? 1 : 0), 0);
    const right = this.detections.reduce((sum, each) => sum + (each.verdict === "right" ? 1 : 0), 0);
    const rate = reviewed ? `, ${Math.round((right / reviewed) * 100)} % of them right` : "";
    this.part("progress-text").textContent = `${reviewed} of ${this.detections.length} reviewed${rate}`;
    const bar = this.part("progress");
    bar.setAttribute("max", String(Math.max(this.detections.length, 1)));
    bar.setAttribute("value", String(reviewed));
    this.drawSend();
    this.drawDetail(chosen);
  }

  private drawSend(): void {
    const form = this.root.querySelector<HTMLElement>("[data-send]");
    if (!form) return;
    const { cart, elsewhere } = this.about;
    const count = cart.length + elsewhere;
    form.hidden = count === 0;
    const text = count === 1 ? "Send 1 review" : `Send ${count} reviews`;
    this.part("send-text").textContent = elsewhere ? `${text}, ${elsewhere} of other sessions` : text;
  }

  private drawDetail(each: Detection | undefined): void {
    const text = this.detections.length ? "Choose a detection in the list." : "There is no detection.";
    const shown = each ? detailOf(each, this.bars) : [el("p", { class: "text-muted" }, text)];
    this.part("detail").replaceChildren(...shown);
  }
}
