/** The editor of a matrix, put together: the grid, the reasons of a cell, the state of saving, conflicts. */

import { debounce, el, icon, oncePerPicture } from "../page/dom";
import { Grid, WEIGHTS } from "./grid";
import { type Cell, type Conflict, Model, type Told } from "./model";
import { Saver, type State } from "./saving";

const WORDS: Record<State, string> = {
  saved: "All changes saved",
  pending: "Not saved yet…",
  saving: "Saving…",
  offline: "The server is out of reach. Your entries are kept on this page and sent as soon as it answers.",
  "signed-out":
    "You are logged out. Your entries are kept on this page: log in again in another tab, and they are sent.",
  conflict: "Somebody else changed the same as you. Say which one holds.",
  failed: "Not saved",
};
const CALM: readonly State[] = ["saved", "pending", "saving"];

export function setUpMatrix(root: ParentNode = document): Editor | null {
  const mount = root.querySelector<HTMLElement>("#matrix-editor");
  const data = root.querySelector("#matrix-data")?.textContent;
  if (!mount || !data) return null;
  const told = JSON.parse(data) as Told;
  return told.options.length && told.criteria.length ? new Editor(mount, told) : null; // else nothing to score
}

export class Editor {
  readonly model: Model;
  private readonly grid: Grid;
  private readonly saver: Saver;
  private readonly leader = el("p", { class: "matrix-leader", "aria-live": "polite" });
  private readonly state = el("p", { class: "matrix-state", role: "status" });
  private readonly complaint = el("p", { class: "matrix-complaint", role: "alert" });
  private readonly undo = tool("rotate-ccw", "Undo", "Ctrl Z", () => this.moveBack(this.model.undo()));
  private readonly redo = tool("rotate-cw", "Redo", "Ctrl Y", () => this.moveBack(this.model.redo()));
  private readonly again = el(
    "button",
    { type: "button", class: "btn btn-xs btn-line", hidden: true },
    "Try again",
  );
  private readonly conflicts = el("div", { class: "matrix-conflicts" });
  private readonly links = el("p", { class: "matrix-links" });
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
        undo: () => this.moveBack(this.model.undo()),
        redo: () => this.moveBack(this.model.redo()),
      },
      { option, criterion },
      editable === "yes",
    );
    this.reason = el("textarea", { class: "textarea textarea-sm w-full", rows: "2", maxlength: "5000" });
    this.source = el("input", { class: "input input-sm w-full", maxlength: "300" });
    this.redraw = oncePerPicture(() => this.shown());
    this.again.addEventListener("click", () => this.saver.soon(0));
    this.mount.replaceChildren(
      this.bar(editable === "yes"),
      this.complaint,
      this.conflicts,
      this.grid.element,
      this.panel(),
    );
    this.grid.draw();
    this.shown();
    this.saved();
  }

  /** All that follows from what is entered: totals, ranks, shares, who is first, the chosen cell. */
  private shown(): void {
    this.grid.refresh();
    this.tell();
    this.moved();
    this.undo.disabled = !this.model.history.canUndo;
    this.redo.disabled = !this.model.history.canRedo;
  }

  private bar(isEditable: boolean): HTMLElement {
    if (!isEditable) return el("div", { class: "matrix-bar" }, this.leader);
    const saving = el("div", { class: "matrix-saving" }, this.state, this.again);
    const tools = el("div", { class: "matrix-tools" }, this.undo, this.redo);
    return el(
      "div",
      { class: "matrix-bar" },
      el("div", { class: "min-w-0 grow" }, this.leader, saving),
      tools,
    );
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
      el("div", { class: "matrix-where" }, this.where, this.links),
      fields,
      this.by,
    );
  }

  private entered(): void {
    this.redraw();
    this.saver.soon();
  }

  private moveBack(place: { option: number; criterion: number } | null): void {
    if (!place) return;
    this.grid.go(place.option, place.criterion);
    this.grid.focus();
    this.entered();
  }

  private moved(): void {
    const { option, criterion } = this.grid.place;
    const column = this.model.criteria[criterion]?.name ?? "";
    const isCell = option !== WEIGHTS && Boolean(column) && Boolean(this.model.options[option]);
    const cell: Cell | null = isCell ? this.model.cell(option, criterion) : null;
    this.where.textContent = isCell
      ? `${this.model.options[option]?.name ?? ""} · ${column}`
      : column && `Weight of ${column}`;
    const isOpen = cell !== null && cell.score !== null;
    for (const input of [this.reason, this.source]) {
      input.disabled = !isOpen;
      input.readOnly = this.mount.dataset.editable !== "yes";
    }
    if (document.activeElement !== this.reason) this.reason.value = cell?.reason ?? "";
    if (document.activeElement !== this.source) this.source.value = cell?.source ?? "";
    this.link(option, criterion);
    this.by.textContent =
      cell?.score === null
        ? this.mount.dataset.editable === "yes"
          ? "Give a score first: a reason belongs to one."
          : "Not judged yet."
        : cell?.by
          ? `Last set by ${cell.by}`
          : "";
  }

  /** To where the option and the criterion are renamed, moved and deleted. */
  private link(option: number, criterion: number): void {
    const { option: row = "", criterion: column = "", editable } = this.mount.dataset;
    const verb = editable === "yes" ? "Change" : "Look at";
    const to = (url: string, part: { id: string; name: string } | undefined): HTMLElement | null =>
      part
        ? el("a", { class: "link-plain", href: url.replace("PART", part.id) }, `${verb} ${part.name}`)
        : null;
    this.links.replaceChildren(
      ...[to(row, this.model.options[option]), to(column, this.model.criteria[criterion])].filter(
        (each) => each !== null,
      ),
    );
  }

  private tell(): void {
    const standings = this.grid.standings;
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
    this.again.hidden = CALM.includes(state) || state === "conflict";
    const gone = this.model.takeGone();
    if (gone) {
      const many = gone === 1 ? "An entry of yours was" : `${gone} entries of yours were`;
      this.complaint.textContent = `${many} into what somebody else deleted meanwhile.`;
    }
    this.conflicts.replaceChildren(...[...this.model.conflicts.values()].map((each) => this.asked(each)));
    if (this.model.revision === this.revision) return;
    this.revision = this.model.revision;
    this.mount.dataset.revision = String(this.revision);
    this.grid.draw();
    this.shown();
    this.pictures();
  }

  /** The server draws them; they come a moment after what was saved. */
  private readonly pictures = debounce(300, () => {
    const place = document.querySelector<HTMLElement>("#matrix-pictures");
    place?.dispatchEvent(new CustomEvent("matrix:saved", { bubbles: true }));
  });

  private asked({ key, about, mine, theirs, by }: Conflict): HTMLElement {
    const button = (label: string, keepMine: boolean): HTMLElement => {
      const made = el("button", { type: "button", class: "btn btn-sm btn-line" }, label);
      made.addEventListener("click", () => {
        this.model.settle(key, keepMine);
        this.entered();
        this.saved();
      });
      return made;
    };
    return el(
      "div",
      { class: "note tone-waiting flex-wrap" },
      el("p", {}, `${about}: ${by || "Somebody else"} entered ${theirs}, you ${mine}.`),
      button(`Keep mine (${mine})`, true),
      button(`Take theirs (${theirs})`, false),
    );
  }
}

function tool(name: string, label: string, keys: string, act: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", class: "btn btn-sm btn-line", title: keys, disabled: true });
  made.append(icon(name), label);
  made.addEventListener("click", act);
  return made;
}

/** A few of them by name, and how many more there are. */
function listed(names: readonly string[]): string {
  if (names.length <= 4) return names.join(" and ");
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
