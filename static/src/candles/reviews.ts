/** What is said of detections: shown at once, told to the server behind it, taken back where it refuses. */

import { callApi } from "../page/http";
import { toast } from "../page/toasts";
import type { Cart, Item } from "./cart";
import type { Detection, Verdict } from "./data";
import { Queue, type Order } from "./queue";

interface Reviewed {
  detection: { number: number; verdict: Verdict } | null;
  feedback: Item | null;
}

interface Options {
  api: string;
  feedback: string;
  person: string;
  detections: readonly Detection[];
  cart: Cart;
  onChange: () => void;
  onState: (waiting: number, isCut: boolean) => void;
}

export class Reviews {
  private readonly queue: Queue;
  private readonly byNumber: Map<number, Detection>;
  private readonly settled: Map<number, Verdict>;

  constructor(private readonly options: Options) {
    const { api, person, detections, onState } = options;
    this.byNumber = new Map(detections.map((each) => [each.number, each]));
    this.settled = new Map(detections.map((each) => [each.number, each.verdict]));
    this.queue = new Queue({
      key: `session-reviews:${person}:${api}`,
      store: localStorage,
      send: (order) => callApi(order.method, order.url, order.body),
      onDone: (order, answer) => this.done(order, answer as Reviewed | null),
      onRefused: (order, error) => this.refused(order, error.problem.detail),
      onState,
    });
    for (const order of this.queue.orders) this.showAgain(order);
    addEventListener("online", () => void this.queue.go());
    addEventListener("beforeunload", (event) => {
      if (!this.queue.isKept) event.preventDefault();
    });
    onState(this.queue.size, false);
    setInterval(() => void (this.queue.size && this.queue.go()), 10_000);
    void this.queue.go();
  }

  get waiting(): number {
    return this.queue.size;
  }

  say(each: Detection, body: { verdict: Verdict; bar?: number; price?: number }): void {
    each.verdict = body.verdict;
    this.add("PUT", this.urlOf(each), body, each.number);
  }

  unsay(each: Detection): void {
    each.verdict = "";
    this.options.cart.drop((item) => item.detection === each.number);
    this.add("DELETE", this.urlOf(each), undefined, each.number);
  }

  miss(body: { bar: number; price: number; kind: string; direction: string }): void {
    this.add("POST", `${this.options.api}missed/`, body);
  }

  remove(item: Item): void {
    const each = item.detection === null ? undefined : this.byNumber.get(item.detection);
    if (each) each.verdict = "";
    this.options.cart.drop((other) => other.id === item.id);
    this.add("DELETE", this.feedbackUrl(item), undefined, item.detection);
  }

  note(item: Item, note: string): void {
    item.note = note;
    this.add("PATCH", this.feedbackUrl(item), { note });
  }

  private add(method: string, url: string, body?: object, number?: number | null): void {
    this.queue.add({ method, url, tag: String(number ?? ""), ...(body && { body }) });
  }

  private urlOf(each: Detection): string {
    return `${this.options.api}detections/${each.number}/`;
  }

  private feedbackUrl(item: Item): string {
    return this.options.feedback.replace("{id}", item.id);
  }

  /** What an earlier visit could not send any more counts as said. */
  private showAgain(order: Order): void {
    const each = this.byNumber.get(Number(order.tag));
    if (!each || order.method === "PATCH") return;
    each.verdict = order.method === "PUT" ? (order.body as { verdict: Verdict }).verdict : "";
  }

  private done(order: Order, answer: Reviewed | null): void {
    if (order.method === "PATCH") return;
    const { cart, onChange } = this.options;
    const number = order.tag ? Number(order.tag) : undefined;
    if (number !== undefined) {
      this.settled.set(number, answer?.detection?.verdict ?? "");
      cart.drop((item) => item.detection === number);
    }
    if (answer?.feedback) cart.put({ ...answer.feedback, detection: number ?? null });
    onChange();
  }

  private refused(order: Order, why: string): void {
    toast(why, "bad");
    const each = order.tag ? this.byNumber.get(Number(order.tag)) : undefined;
    if (each) each.verdict = this.settled.get(each.number) ?? "";
    this.options.onChange();
  }
}

/** Nothing that was said is lost behind a session that is completed, or a batch that is sent. */
export function holdWhile(isWaiting: () => boolean): void {
  for (const form of document.querySelectorAll("[data-complete], [data-send]")) {
    form.addEventListener("click", (event) => {
      if (!isWaiting()) return;
      event.preventDefault();
      event.stopPropagation();
      toast("Some reviews are still on their way. Try again in a moment.", "waiting");
    });
  }
}
