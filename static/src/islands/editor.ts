/** The JSON editor of a workflow: problems beside the text, saving that loses nobody's work. */

import type { EditorView } from "@codemirror/view";
import { formatJson } from "../editor/format";
import { locate, syntaxError } from "../editor/locate";
import { counted, isError, type Problem, showProblems } from "../editor/problems";
import { Conflict, Draft, graphOf, type Stored, type Urls } from "../editor/saving";
import { goTo, makeView, mark, replaceText } from "../editor/view";
import { debounce } from "../page/dom";
import { ApiError, csrfToken } from "../page/http";
import { toast } from "../page/toasts";
import { watchGraphs } from "../run/zoom";

interface Settings {
  checksum: string;
  urls: Urls & { picture: string; page: string };
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

class Editor {
  private readonly settings = JSON.parse(byId("editor-settings").textContent) as Settings;
  private readonly draft = new Draft(this.settings.urls, this.settings.checksum);
  private readonly plain = byId("id_document") as HTMLTextAreaElement;
  private readonly view: EditorView;
  private saved: string;
  private checking = new AbortController();
  private readonly checkSoon = debounce(350, () => void this.check());

  constructor() {
    byId("plain-editor").hidden = true;
    const host = byId("editor");
    host.hidden = false;
    this.view = makeView(host, this.plain.value, () => this.changed());
    // After an answer of 4xx the text is not what is stored, so that it counts as changed.
    this.saved = this.plain.dataset.changed === undefined ? this.text : "";
    document.querySelectorAll<HTMLElement>("[data-editor-tool]").forEach((tool) => (tool.hidden = false));
    this.listen();
    this.showState();
    watchGraphs(byId("picture"));
    void this.check();
  }

  private get text(): string {
    return this.view.state.doc.toString();
  }

  private get isDirty(): boolean {
    return this.text !== this.saved;
  }

  private listen(): void {
    byId("save").addEventListener("click", () => void this.save());
    byId("format").addEventListener("click", () => this.format());
    byId("publish-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.publish();
    });
    byId("conflict").addEventListener("click", (event) => {
      const choice = event.target instanceof HTMLElement ? event.target.dataset.choice : undefined;
      if (choice) void this.settle(choice);
    });
    byId("picture").addEventListener("click", (event) => {
      const node = event.target instanceof Element ? event.target.closest("[data-node]") : null;
      if (node) this.jump({ code: "", message: "", node: node.getAttribute("data-node") ?? "" });
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        void this.save();
      }
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
  }

  private changed(): void {
    this.plain.value = this.text;
    this.showState();
    this.checkSoon();
  }

  private showState(): void {
    byId("save-state").textContent = this.isDirty ? "Unsaved changes" : "Saved";
    (byId("save") as HTMLButtonElement).disabled = !this.isDirty;
  }

  /** Validate what stands there now; an answer about an earlier text is thrown away. */
  private async check(): Promise<void> {
    this.checking.abort();
    const { signal } = (this.checking = new AbortController());
    const text = this.text;
    const fault = syntaxError(text);
    if (fault) {
      const line = this.view.state.doc.lineAt(fault.position);
      const where = `Line ${line.number}, column ${fault.position - line.from + 1}. `;
      this.show([{ code: "syntax", message: where + fault.message, at: fault.position }]);
      return;
    }
    try {
      const graph = graphOf(JSON.parse(text));
      this.show(await this.draft.validate(graph, signal));
      await this.preview(text, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.show([{ code: "error", message: error instanceof Error ? error.message : String(error) }]);
    }
  }

  private show(problems: Problem[]): void {
    showProblems(byId("problems"), problems, (problem) => this.jump(problem));
    byId("problem-count").textContent = counted(problems);
    const text = this.text;
    const found = problems.flatMap((problem) => {
      const range = problem.at === undefined ? locate(text, problem) : atFault(text, problem.at);
      const severity = isError(problem) ? ("error" as const) : ("warning" as const);
      return range ? [{ ...range, severity, message: problem.message }] : [];
    });
    mark(
      this.view,
      found.sort((a, b) => a.from - b.from),
    );
  }

  private jump(problem: Problem): void {
    const range = problem.at === undefined ? locate(this.text, problem) : atFault(this.text, problem.at);
    if (range) goTo(this.view, range.from, range.to);
    else this.view.focus();
  }

  private async preview(text: string, signal: AbortSignal): Promise<void> {
    const answer = await fetch(this.settings.urls.picture, {
      method: "POST",
      body: text,
      headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" },
      signal,
    });
    if (!answer.ok) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    byId("picture").replaceChildren(...drawn.body.childNodes);
    watchGraphs(byId("picture"));
  }

  private format(): void {
    const fault = syntaxError(this.text);
    if (fault) {
      toast(`${fault.message} Put that right first.`, "bad");
      goTo(this.view, fault.position, fault.position);
      return;
    }
    const text = formatJson(JSON.parse(this.text));
    if (text !== this.text) replaceText(this.view, text);
  }

  /** Whether the draft is stored as it stands in the text. */
  private async save(overwrite?: string): Promise<boolean> {
    if (!this.isDirty && overwrite === undefined) return true;
    const text = this.text;
    const fault = syntaxError(text);
    if (fault) {
      toast(`Not saved. ${fault.message}`, "bad");
      goTo(this.view, fault.position, fault.position);
      return false;
    }
    byId("save-state").textContent = "Saving …";
    try {
      const stored = await this.draft.save(graphOf(JSON.parse(text)), overwrite);
      this.saved = text;
      if (stored.version_status === "draft")
        byId("what-is-edited").textContent = `Draft of version ${stored.version}`;
      return true;
    } catch (error) {
      if (error instanceof Conflict) this.askAbout(error);
      else toast(`Not saved. ${error instanceof Error ? error.message : String(error)}`, "bad");
      return false;
    } finally {
      this.showState();
    }
  }

  private askAbout(conflict: Conflict): void {
    const dialog = byId("conflict") as HTMLDialogElement;
    byId("conflict-text").textContent = conflict.message;
    dialog.dataset.checksum = conflict.checksum;
    dialog.showModal();
  }

  private async settle(choice: string): Promise<void> {
    const dialog = byId("conflict") as HTMLDialogElement;
    if (choice === "copy") {
      await navigator.clipboard.writeText(this.text);
      toast("Your text is copied.");
      return;
    }
    dialog.close();
    if (choice === "overwrite" && (await this.save(dialog.dataset.checksum))) toast("Your graph is saved.");
    if (choice === "load") await this.loadTheirs();
  }

  private async loadTheirs(): Promise<void> {
    try {
      const { nodes, edges }: Stored = await this.draft.load();
      replaceText(this.view, formatJson({ nodes, edges }));
      this.saved = this.text;
      this.showState();
      toast("This is their graph. Undo (Ctrl+Z) brings yours back.", "running");
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "bad");
    }
  }

  private async publish(): Promise<void> {
    const dialog = byId("publish") as HTMLDialogElement;
    const note = (byId("publish-note") as HTMLInputElement).value;
    dialog.close();
    if (!(await this.save())) return;
    try {
      await this.draft.publish(note);
      window.location.assign(this.settings.urls.page);
    } catch (error) {
      const problems = error instanceof ApiError ? error.problem.problems : undefined;
      if (Array.isArray(problems)) this.show(problems as Problem[]);
      toast(`Not published. ${error instanceof Error ? error.message : String(error)}`, "bad");
    }
  }
}

function atFault(text: string, at: number): { from: number; to: number } {
  const from = Math.min(at, Math.max(text.length - 1, 0));
  return { from, to: Math.min(from + 1, text.length) };
}

new Editor();
