/** Saving by itself: a moment after the last entry, one request at a time, again when the server is back. */

import { ApiError, callApi, renewToken } from "../page/http";
import { type Model, type Told, sentScore } from "./model";
import { plain } from "./core";

export type State = "saved" | "pending" | "saving" | "offline" | "signed-out" | "conflict" | "failed";

const WAIT = 500;
const AGAIN = 5_000;
const AT_ONCE = 2_000;

export class Saver {
  state: State = "saved";
  fault = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isBusy = false;

  constructor(
    private readonly model: Model,
    private readonly urls: { scores: string; weights: string },
    private readonly changed: () => void,
  ) {
    window.addEventListener("online", () => this.soon(0));
    window.addEventListener("focus", () => {
      if (this.state === "signed-out") this.soon(0); // back from the tab with the log-in
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.model.isPending) event.preventDefault();
    });
  }

  soon(wait = WAIT): void {
    clearTimeout(this.timer);
    if (!this.model.isPending) {
      this.show(this.isBusy ? "saving" : "saved");
      return;
    }
    if (!this.isBusy && !["offline", "signed-out"].includes(this.state)) this.show("pending");
    this.timer = setTimeout(() => void this.save(), wait);
  }

  async save(): Promise<void> {
    if (this.isBusy) return;
    clearTimeout(this.timer);
    const scores = this.model.pendingScores().slice(0, AT_ONCE);
    const weights = this.model.pendingWeights();
    if (!scores.length && !weights.length) {
      this.show(this.model.isPending ? "conflict" : "saved");
      return;
    }
    const wasOut = this.state === "signed-out";
    this.isBusy = true;
    if (!wasOut) this.show("saving");
    try {
      if (wasOut) await renewToken(); // a log-in brings another
      if (weights.length) {
        const sent = weights.map(({ id, weight }) => ({ criterion: id, weight: plain(weight) }));
        this.model.confirm(await this.put(this.urls.weights, { weights: sent }), [], weights);
      }
      if (scores.length) {
        const sent = scores.map(sentScore);
        this.model.confirm(await this.put(this.urls.scores, { scores: sent }), scores, []);
      }
      this.fault = "";
      this.isBusy = false;
      this.soon(0);
    } catch (error) {
      this.isBusy = false;
      this.failed(error);
    }
  }

  private async put(url: string, body: Record<string, unknown>): Promise<Told> {
    return (await callApi("PUT", url, { revision: this.model.revision, ...body })) as Told;
  }

  private failed(error: unknown): void {
    const problem = error instanceof ApiError ? error.problem : null;
    if (problem?.code === "stale_matrix") {
      this.model.merge(problem.matrix as Told);
      this.soon(0);
    } else if (problem?.status === 401 || problem?.detail.startsWith("CSRF")) {
      this.timer = setTimeout(() => void this.save(), AGAIN);
      this.show("signed-out");
    } else if (!problem || problem.status === 0 || problem.status >= 500 || problem.status === 429) {
      this.timer = setTimeout(() => void this.save(), AGAIN);
      this.show("offline");
    } else {
      this.fault = problem.detail;
      this.show("failed");
    }
  }

  private show(state: State): void {
    this.state = state;
    this.changed();
  }
}
