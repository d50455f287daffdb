/** The editor of a matrix, put together: the grid, the reasons of a cell, the state of saving, conflicts. */

import { debounce, el, oncePerPicture } from "../page/dom";
import { plain } from "./core";
import { Grid, WEIGHTS } from "./grid";
import { type Cell, type Conflict, Model, type Told } from "./model";
import { Saver, type State } from "./saving";

const WORDS: Record<State, string> = {
  saved: "All changes saved",
  pending: "Not saved yet…",
  saving: "Saving…",
  offline: "The server is out of reach. Your entries are kept on this page and sent as soon as it answers.",
  conflict: "Somebody else changed the same cell. Say which one holds.",
  failed: "Not saved",
};

export function setUpMatrix(root: ParentNode = document): Editor | null {
  const mount = root.querySelector<HTMLElement>("#matrix-editor");
  const data = root.querySelector("#matrix-data")?.textContent;
  return mount && data ? new Editor(mount, JSON.parse(data) as Told) : null;
}

export class Editor {
  readonly model: Model;
  private readonly grid: Grid;
  private readonly saver: Saver;
  private readonly leader = el("p", { class: "matrix-leader", "aria-live": "polite" });
  private readonly state = el("p", { class: "matrix-state", role: "status" });
  private readonly complaint = el("p", { class: "matrix-complaint", role: "alert" });
  private readonly conflicts = el("div", { class: "matrix-conflicts" });
  private readonly where = el("h2", { class: "text-sm font-semibold" });
  private readonly reason: HTMLTextAreaElement;
  private readonly source: HTMLInputElement;
  private readonly by = el("p", { class: "text-[0.8125rem] text-muted" });
  private revision: number;
  private readonly redraw: () => void;

  constructor(
    private readonly mount: HTMLElement,
    told: Told,
  ) {
    const { scores = "", weights = "", option = "", criterion = "", editable } = mount.dataset;
    this.model = new Model(told);
    this.revision = told.revision;
    this.saver = new Saver(this.model, { scores, weights }, () => this.saved());
    this.grid = new Grid(
      this.model,
      {
        entered: () => this.entered(),
        moved: () => this.moved(),
        complain: (message) => (this.complaint.textContent = message),
      },
      { option, criterion },
      editable === "yes",
    );
    this.reason = el("textarea", { class: "textarea textarea-sm w-full", rows: "2", maxlength: "5000" });
    this.source = el("input", { class: "input input-sm w-full", maxlength: "300" });
    this.redraw = oncePerPicture(() => this.grid.refresh());
    this.mount.replaceChildren(
      this.leader,
      this.state,
      this.complaint,
      this.conflicts,
      this.grid.element,
      this.panel(),
    );
    this.grid.draw();
    this.tell();
    this.moved();
    this.saved();
  }

  private panel(): HTMLElement {
    const field = (label: string, input: HTMLElement): HTMLElement =>
      el(
        "label",
        { class: "block" },
        el("span", { class: "mb-1 block text-[0.8125rem] font-medium" }, label),
        input,
      );
    for (const each of [this.reason, this.source]) {
      each.addEventListener("input", () => {
        const { option, criterion } = this.grid.place;
        this.model.set(option, criterion, { reason: this.reason.value, source: this.source.value });
        this.redraw();
        this.saver.soon();
      });
    }
    const fields = el(
      "div",
      { class: "matrix-why" },
      field("Reason", this.reason),
      field("Source", this.source),
    );
    return el(
      "section",
      { class: "matrix-panel", "aria-label": "The chosen cell" },
      this.where,
      fields,
      this.by,
    );
  }

  private entered(): void {
    this.redraw();
    this.tell();
    this.moved();
    this.saver.soon();
  }

  private moved(): void {
    const { option, criterion } = this.grid.place;
    const column = this.model.criteria[criterion]?.name ?? "";
    const isCell = option !== WEIGHTS && Boolean(column) && Boolean(this.model.options[option]);
    const cell: Cell | null = isCell ? this.model.cell(option, criterion) : null;
    this.where.textContent = isCell
      ? `${this.model.options[option]?.name ?? ""} · ${column}`
      : column && `Weight of ${column}`;
    const isOpen = this.mount.dataset.editable === "yes" && cell !== null && cell.score !== null;
    for (const input of [this.reason, this.source]) input.disabled = !isOpen;
    if (document.activeElement !== this.reason) this.reason.value = cell?.reason ?? "";
    if (document.activeElement !== this.source) this.source.value = cell?.source ?? "";
    this.by.textContent =
      cell?.score === null
        ? "Give a score first: a reason belongs to one."
        : cell?.by
          ? `Last set by ${cell.by}`
          : "";
  }

  private tell(): void {
    const standings = this.model.standings;
    const first = standings.filter((each) => each.rank === 1);
    const names = first.map((each) => this.model.options[each.option]?.name ?? "");
    const open = standings.reduce((sum, each) => sum + each.missing, 0);
    const missing = open ? ` ${open} ${open === 1 ? "score is" : "scores are"} missing.` : "";
    const total = first[0]?.total ?? "";
    if (!first.length) this.leader.textContent = `No option has all its scores yet.${missing}`;
    else if (first.length > 1)
      this.leader.textContent = `A tie: ${listed(names)}, exactly ${total} each.${missing}`;
    else this.leader.textContent = `${names[0] ?? ""} is first with ${total}.${missing}`;
  }

  private saved(): void {
    const { state, fault } = this.saver;
    this.state.textContent = state === "failed" ? `${WORDS.failed}: ${fault}` : WORDS[state];
    this.state.dataset.state = state;
    this.conflicts.replaceChildren(...[...this.model.conflicts.values()].map((each) => this.asked(each)));
    if (this.model.revision === this.revision) return;
    this.revision = this.model.revision;
    this.mount.dataset.revision = String(this.revision);
    this.grid.draw();
    this.tell();
    this.moved();
    this.pictures();
  }

  /** The server draws them; they come a moment after what was saved. */
  private readonly pictures = debounce(300, () => {
    const place = document.querySelector<HTMLElement>("#matrix-pictures");
    place?.dispatchEvent(new CustomEvent("matrix:saved", { bubbles: true }));
  });

  private asked(conflict: Conflict): HTMLElement {
    const text = (cell: Cell): string => (cell.score === null ? "no score" : plain(cell.score));
    const button = (label: string, keepMine: boolean): HTMLElement => {
      const made = el("button", { type: "button", class: "btn btn-sm btn-line" }, label);
      made.addEventListener("click", () => {
        this.model.settle(conflict.key, keepMine);
        this.grid.draw();
        this.entered();
        this.saved();
      });
      return made;
    };
    const by = conflict.theirs.by || "Somebody else";
    return el(
      "div",
      { class: "note tone-waiting flex-wrap" },
      el(
        "p",
        {},
        `${conflict.option} · ${conflict.criterion}: ${by} entered ${text(conflict.theirs)}, you ${text(conflict.mine)}.`,
      ),
      button(`Keep mine (${text(conflict.mine)})`, true),
      button(`Take theirs (${text(conflict.theirs)})`, false),
    );
  }
}

/** A few of them by name, and how many more there are. */
function listed(names: readonly string[]): string {
  if (names.length <= 4) return names.join(" and ");
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
