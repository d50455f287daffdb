/** The grid of scores: only the rows in view are there, so that 200 by 50 stay as quick as 3 by 3. */

import { el } from "../page/dom";
import { BadNumber, MOST_SCORE, MOST_WEIGHT, parsed, plain, type Standing } from "./core";
import type { Model } from "./model";

const ROW = 36;
const SPARE = 6;
/** The row of the weights, above the first option. */
export const WEIGHTS = -1;

export interface Place {
  option: number;
  criterion: number;
}

export interface Calls {
  entered: () => void;
  moved: () => void;
  complain: (message: string) => void;
  undo: () => void;
  redo: () => void;
}

export class Grid {
  at: Place = { option: 0, criterion: 0 };
  readonly element: HTMLElement;
  private readonly body = el("div", { class: "matrix-body", role: "rowgroup" });
  private readonly head = el("div", { class: "matrix-head", role: "rowgroup" });
  private readonly rows = new Map<number, HTMLElement>();
  standings: Standing[] = [];
  private editor: HTMLInputElement | null = null;
  /** Those that are drawn. */
  private shownOptions: unknown = null;
  private shownCriteria: unknown = null;

  constructor(
    private readonly model: Model,
    private readonly calls: Calls,
    private readonly urls: { option: string; criterion: string },
    private readonly isEditable: boolean,
  ) {
    this.element = el(
      "div",
      { class: "matrix-grid", role: "grid", tabindex: "0", "aria-label": "Scores of the options" },
      this.head,
      this.body,
    );
    if (!isEditable) this.element.setAttribute("aria-readonly", "true");
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("scroll", () => this.paint(), { passive: true });
    this.body.addEventListener("mousedown", (event) => this.pressed(event));
    this.head.addEventListener("mousedown", (event) => this.pressed(event));
    this.element.addEventListener("dblclick", () => this.edit());
    new ResizeObserver(() => this.paint()).observe(this.element);
  }

  /** Everything anew where options or criteria are others; else what changed, beside what is being typed. */
  draw(): void {
    const { options, criteria } = this.model;
    if (this.shownOptions === options && this.shownCriteria === criteria) {
      this.refresh();
      return;
    }
    this.commit();
    this.shownOptions = options;
    this.at.option = Math.max(WEIGHTS, Math.min(this.at.option, options.length - 1));
    this.at.criterion = Math.max(0, Math.min(this.at.criterion, criteria.length - 1));
    this.element.setAttribute("aria-rowcount", String(options.length + 2));
    this.element.setAttribute("aria-colcount", String(criteria.length + 3));
    this.body.style.height = `${options.length * ROW}px`;
    this.element.style.setProperty("--columns", String(criteria.length));
    this.rows.clear();
    this.body.replaceChildren();
    this.refresh();
  }

  /** Totals, ranks and shares, and what is in view. */
  refresh(): void {
    this.standings = this.model.standings;
    this.drawHead();
    for (const [option, row] of this.rows) this.fill(row, option);
    this.paint();
  }

  get place(): Place {
    return this.at;
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  go(option: number, criterion: number): void {
    const { options, criteria } = this.model;
    this.at = {
      option: Math.max(WEIGHTS, Math.min(option, options.length - 1)),
      criterion: Math.max(0, Math.min(criterion, criteria.length - 1)),
    };
    this.reveal();
    this.paint();
    this.mark();
    this.calls.moved();
  }

  private paint(): void {
    const { options } = this.model;
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - SPARE);
    const last = Math.min(
      options.length,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / ROW) + SPARE,
    );
    for (const [option, row] of this.rows) {
      if ((option < first || option >= last) && !row.contains(this.editor)) {
        row.remove();
        this.rows.delete(option);
      }
    }
    for (let option = first; option < last; option += 1) {
      if (this.rows.has(option)) continue;
      const row = this.row(option);
      this.rows.set(option, row);
      this.body.append(row);
    }
    this.mark();
  }

  private row(option: number): HTMLElement {
    const { options, criteria } = this.model;
    const row = el("div", { class: "matrix-row", role: "row", "aria-rowindex": String(option + 3) });
    row.style.top = `${option * ROW}px`;
    const link = el("a", {
      href: this.urls.option.replace("PART", options[option]?.id ?? ""),
      tabindex: "-1",
    });
    link.textContent = link.title = options[option]?.name ?? "";
    row.append(el("div", { class: "matrix-name", role: "rowheader" }, link));
    row.append(el("div", { class: "matrix-total", role: "gridcell" }));
    row.append(el("div", { class: "matrix-rank", role: "gridcell" }));
    for (const at of criteria.keys()) row.append(this.box(option, at));
    this.fill(row, option);
    return row;
  }

  private box(option: number, criterion: number): HTMLElement {
    return el("div", {
      class: "matrix-cell",
      role: "gridcell",
      id: `cell-${option}-${criterion}`,
      "aria-colindex": String(criterion + 4),
      "data-option": String(option),
      "data-criterion": String(criterion),
    });
  }

  private fill(row: HTMLElement, option: number): void {
    const standing = this.standings[option];
    const [, total, place, ...boxes] = row.children;
    if (!total || !place || !standing) return;
    total.textContent = standing.total ?? "–";
    place.textContent = standing.rank
      ? `${standing.isTied ? "=" : ""}${standing.rank}`
      : `${standing.missing} open`;
    row.classList.toggle("is-first", standing.rank === 1);
    for (const [at, box] of boxes.entries()) {
      if (box.contains(this.editor)) continue;
      const cell = this.model.cell(option, at);
      const text = cell.score === null ? "" : plain(cell.score);
      if (box.textContent !== text) box.textContent = text;
      box.classList.toggle("has-reason", Boolean(cell.reason || cell.source));
      box.classList.toggle("is-pending", this.model.isPendingAt(option, at));
      box.classList.toggle("is-conflict", this.model.isConflictAt(option, at));
    }
  }

  private drawHead(): void {
    if (this.head.contains(this.editor)) return;
    const { criteria } = this.model;
    const shares = this.model.shares;
    if (this.shownCriteria === criteria) {
      for (const [at, share] of shares.entries()) this.fillWeight(at, share);
      return;
    }
    this.shownCriteria = criteria;
    const names = el("div", { class: "matrix-row", role: "row", "aria-rowindex": "1" });
    const weights = el("div", { class: "matrix-row", role: "row", "aria-rowindex": "2" });
    for (const [row, title] of [
      [names, "Option"],
      [weights, "Weight"],
    ] as const) {
      row.append(
        el("div", { class: "matrix-name", role: row === names ? "columnheader" : "rowheader" }, title),
      );
      row.append(
        el(
          "div",
          { class: "matrix-total", role: row === names ? "columnheader" : "gridcell" },
          row === names ? "Total" : "",
        ),
      );
      row.append(
        el(
          "div",
          { class: "matrix-rank", role: row === names ? "columnheader" : "gridcell" },
          row === names ? "Rank" : "",
        ),
      );
    }
    for (const at of shares.keys()) {
      const name = criteria[at]?.name ?? "";
      const link = el("a", {
        href: this.urls.criterion.replace("PART", criteria[at]?.id ?? ""),
        tabindex: "-1",
      });
      link.textContent = link.title = name;
      names.append(el("div", { class: "matrix-title", role: "columnheader" }, link));
      const box = this.box(WEIGHTS, at);
      box.classList.add("matrix-weight");
      weights.append(box);
    }
    this.head.replaceChildren(names, weights);
    for (const [at, share] of shares.entries()) this.fillWeight(at, share);
  }

  private fillWeight(at: number, share: string): void {
    const box = this.head.lastElementChild?.children[at + 3];
    const [weight, part] = [plain(this.model.weight(at)), percent(share)];
    if (!box || box.textContent === `${weight}${part}`) return;
    box.replaceChildren(weight, el("small", {}, part));
  }

  private mark(): void {
    for (const each of this.element.querySelectorAll(".is-here")) {
      each.classList.remove("is-here");
      each.removeAttribute("aria-selected");
    }
    const box = this.boxHere();
    box?.classList.add("is-here");
    box?.setAttribute("aria-selected", "true");
    if (box) this.element.setAttribute("aria-activedescendant", box.id);
    else this.element.removeAttribute("aria-activedescendant");
  }

  private boxHere(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(`#cell-${this.at.option}-${this.at.criterion}`);
  }

  private reveal(): void {
    const view = this.element;
    const room = view.clientHeight - this.head.offsetHeight;
    const top = this.at.option * ROW;
    if (this.at.option >= 0 && top < view.scrollTop) view.scrollTop = top;
    else if (top + ROW > view.scrollTop + room) view.scrollTop = top + ROW - room;
    const box = this.head.lastElementChild?.children[this.at.criterion + 3];
    const fixed = this.head.firstElementChild?.firstElementChild;
    if (!(box instanceof HTMLElement) || !(fixed instanceof HTMLElement)) return;
    const left = box.offsetLeft - fixed.offsetWidth;
    if (left < view.scrollLeft) view.scrollLeft = left;
    else if (box.offsetLeft + box.offsetWidth > view.scrollLeft + view.clientWidth) {
      view.scrollLeft = box.offsetLeft + box.offsetWidth - view.clientWidth;
    }
  }

  private pressed(event: MouseEvent): void {
    const box = (event.target as HTMLElement).closest<HTMLElement>("[data-option]");
    if (!box || box.contains(this.editor)) return;
    event.preventDefault();
    this.commit();
    this.focus();
    this.go(Number(box.dataset.option), Number(box.dataset.criterion));
  }

  private key(event: KeyboardEvent): void {
    const { option, criterion } = this.at;
    if (this.editor) {
      this.keyInEditor(event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      this.shortcut(event);
      return;
    }
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 2);
    const moves: Record<string, [number, number]> = {
      ArrowUp: [option - 1, criterion],
      ArrowDown: [option + 1, criterion],
      ArrowLeft: [option, criterion - 1],
      ArrowRight: [option, criterion + 1],
      Home: [option, 0],
      End: [option, Number.MAX_SAFE_INTEGER],
      PageUp: [option - page, criterion],
      PageDown: [option + page, criterion],
    };
    const move = moves[event.key];
    if (move) this.go(...move);
    else if (event.key === "Enter" || event.key === "F2") this.edit();
    else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else if (/^[\d.,]$/.test(event.key)) this.edit(event.key);
    else return;
    event.preventDefault();
  }

  private shortcut(event: KeyboardEvent): void {
    if (event.altKey || !this.isEditable) return;
    const key = event.key.toLowerCase();
    if (key === "y" || (key === "z" && event.shiftKey)) this.calls.redo();
    else if (key === "z") this.calls.undo();
    else return;
    event.preventDefault();
  }

  private keyInEditor(event: KeyboardEvent): void {
    const { option, criterion } = this.at;
    if (event.key === "Escape") {
      this.close();
      this.calls.complain("");
    } else if (event.key === "Enter" && this.commit()) this.go(option + (event.shiftKey ? -1 : 1), criterion);
    else if (event.key === "Tab" && this.commit()) this.beside(event.shiftKey ? -1 : 1);
    else if (event.key === "ArrowUp" && this.commit()) this.go(option - 1, criterion);
    else if (event.key === "ArrowDown" && this.commit()) this.go(option + 1, criterion);
    else if (!["Enter", "Tab"].includes(event.key)) return;
    event.preventDefault();
    if (!this.editor) this.focus();
  }

  /** The next cell, which after the last of a row is the first of the next. */
  private beside(step: number): void {
    const { option, criterion } = this.at;
    const count = this.model.criteria.length;
    const next = criterion + step;
    if (next >= count) this.go(option + 1, option + 1 < this.model.options.length ? 0 : criterion);
    else if (next < 0) this.go(option - 1, option > WEIGHTS ? count - 1 : 0);
    else this.go(option, next);
  }

  edit(first = ""): void {
    const box = this.boxHere();
    if (!this.isEditable || this.editor || !box) return;
    const { option, criterion } = this.at;
    const cell = option === WEIGHTS ? this.model.weight(criterion) : this.model.cell(option, criterion).score;
    const name = `${this.model.options[option]?.name ?? "Weight"}, ${this.model.criteria[criterion]?.name ?? ""}`;
    const input = el("input", {
      class: "matrix-entry",
      inputmode: "decimal",
      maxlength: "12",
      "aria-label": name,
    });
    input.value = first || (cell === null ? "" : plain(cell));
    this.editor = input;
    box.replaceChildren(input);
    input.focus({ preventScroll: true });
    if (!first) input.select();
    input.addEventListener("blur", () => {
      if (this.editor === input && !this.commit()) this.close();
    });
  }

  /** Returns whether what was typed could be taken; true where nothing was. */
  commit(): boolean {
    const input = this.editor;
    if (!input) return true;
    const { option, criterion } = this.at;
    try {
      const value = parsed(input.value, option === WEIGHTS ? MOST_WEIGHT : MOST_SCORE);
      const fault = this.enter(option, criterion, value);
      if (fault) throw new BadNumber(fault);
    } catch (error) {
      if (!(error instanceof BadNumber)) throw error;
      input.setAttribute("aria-invalid", "true");
      this.calls.complain(error.message);
      return false;
    }
    this.close();
    this.calls.complain("");
    this.calls.entered();
    return true;
  }

  private enter(option: number, criterion: number, value: number | null): string {
    if (option === WEIGHTS) return this.model.setWeight(criterion, value ?? 0);
    this.model.set(option, criterion, { score: value });
    return "";
  }

  private clear(): void {
    if (!this.isEditable || this.at.option === WEIGHTS) return;
    this.model.set(this.at.option, this.at.criterion, { score: null });
    this.calls.entered();
  }

  /** What follows from an entry is drawn once for all entries before the next picture. */
  private close(): void {
    const input = this.editor;
    this.editor = null;
    input?.remove();
    const { option } = this.at;
    const row = this.rows.get(option);
    if (option === WEIGHTS) this.drawHead();
    else if (row) this.fill(row, option);
    this.mark();
  }
}

export function percent(share: string): string {
  return `${(Number(share) * 100).toFixed(2)} %`;
}
