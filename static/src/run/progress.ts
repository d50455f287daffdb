/** What steps at work have written so far: for the eye only, gone as soon as their outcome is known. */

import { el, icon } from "../page/dom";
import type { RunEvent } from "./marks";

export interface StepProgress {
  node: string;
  scope: string;
  iteration: number;
  attempt: number;
  /** The end of the text so far. */
  text: string;
  tokens: number;
}

interface Shown {
  box: HTMLElement;
  text: HTMLElement;
  count: HTMLElement;
}

const STEP_OVER = /^step_(succeeded|failed|ended|cancelled|restarted|stuck)$/;

export class ProgressPanel {
  private readonly shown = new Map<string, Shown>();

  constructor(
    private readonly host: HTMLElement | null,
    private readonly titles: Record<string, string>,
  ) {}

  show(steps: StepProgress[]): void {
    for (const step of steps) {
      const { text, count } = this.boxOf(step);
      const stick = text.scrollTop + text.clientHeight >= text.scrollHeight - 8;
      text.textContent = step.text;
      count.textContent = `${step.tokens.toLocaleString("en")} tokens`;
      if (stick) text.scrollTop = text.scrollHeight;
    }
    this.update();
  }

  /** An event tells how the step ended: what it wrote stands in its output now. */
  settle(event: RunEvent): void {
    if (!STEP_OVER.test(event.type)) return;
    const data = event.data as { scope?: string; iteration?: number };
    const key = keyOf(data.scope ?? "", event.node_id, data.iteration ?? 1);
    this.shown.get(key)?.box.remove();
    this.shown.delete(key);
    this.update();
  }

  private boxOf(step: StepProgress): Shown {
    const key = keyOf(step.scope, step.node, step.iteration);
    const known = this.shown.get(key);
    if (known) return known;
    const title = this.titles[step.node] ?? step.node;
    const count = el("span", { class: "text-[0.8125rem] text-muted tabular-nums" });
    const text = el("div", { class: "progress-text", tabindex: "0", "aria-label": `${title}: text so far` });
    const name = el(
      "h3",
      { class: "flex items-center gap-1.5" },
      icon("loader-circle", "spin size-4"),
      title,
    );
    const head = el("div", { class: "flex items-center justify-between gap-3" }, name, count);
    const made = { box: el("div", { class: "progress-step" }, head, text), text, count };
    this.host?.append(made.box);
    this.shown.set(key, made);
    return made;
  }

  private update(): void {
    if (this.host) this.host.hidden = this.shown.size === 0;
  }
}

function keyOf(scope: string, node: string, iteration: number): string {
  return `${scope}>${node}#${iteration}`;
}
