/** Reviews on their way to the server, one after the other. What cannot be sent is kept until it can. */

import { ApiError } from "../page/http";

export interface Order {
  method: string;
  url: string;
  body?: unknown;
  tag: string;
}

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Options {
  key: string;
  store: Store;
  send: (order: Order) => Promise<unknown>;
  onDone: (order: Order, answer: unknown) => void;
  onRefused: (order: Order, error: ApiError) => void;
  onState: (waiting: number, isCut: boolean) => void;
}

export class Queue {
  private readonly waiting: Order[];
  private isSending = false;
  private isCut = false;
  private hasKept = true;

  constructor(private readonly options: Options) {
    this.waiting = stored(options.store, options.key);
  }

  get orders(): readonly Order[] {
    return this.waiting;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** Whether all that waits would survive the page. */
  get isKept(): boolean {
    return this.waiting.length === 0 || this.hasKept;
  }

  add(order: Order): void {
    this.waiting.push(order);
    this.keep();
    if (!this.isCut) this.options.onState(this.waiting.length, false);
    void this.go();
  }

  /** Orders are sent in their order, since a later word replaces an earlier one. */
  async go(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let order = this.waiting[0]; order; order = this.waiting[0]) {
        if (!(await this.sendOne(order))) return;
        this.waiting.shift();
        this.keep();
        this.isCut = false;
        this.options.onState(this.waiting.length, false);
      }
    } finally {
      this.isSending = false;
    }
  }

  /** Whether the server has decided about it, either way. */
  private async sendOne(order: Order): Promise<boolean> {
    try {
      this.options.onDone(order, await this.options.send(order));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isForNow(error.problem.status)) {
        this.isCut = true;
        this.options.onState(this.waiting.length, true);
        return false;
      }
      this.options.onRefused(order, error);
    }
    return true;
  }

  /** A browser that keeps nothing sends all the same. */
  private keep(): void {
    const { store, key } = this.options;
    try {
      if (this.waiting.length) store.setItem(key, JSON.stringify(this.waiting));
      else store.removeItem(key);
      this.hasKept = true;
    } catch {
      this.hasKept = false;
    }
  }
}

/** Out of reach, overloaded, too often, or logged out: the server has not decided about it. */
function isForNow(status: number): boolean {
  return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

function stored(store: Store, key: string): Order[] {
  try {
    const found: unknown = JSON.parse(store.getItem(key) ?? "[]");
    return Array.isArray(found) ? (found as Order[]) : [];
  } catch {
    return [];
  }
}
