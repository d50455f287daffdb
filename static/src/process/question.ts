/** One question of a screen: saved while it is answered, kept in the browser until it is, and taken back. */

import { el } from "../page/dom";
import { callApi } from "../page/http";
import { shortly } from "../page/times";
import { same, type Draft, type Drafts } from "./drafts";
import { announcement, lengthOf, type Length } from "./length";
import { Saver, isBlank, type Kept, type State, type Text, type Value } from "./saver";

const QUICK = 250;

export class Question {
  readonly prompt: string;
  readonly saver: Saver;
  private readonly text: HTMLTextAreaElement | null;
  private readonly ticks: HTMLInputElement[];
  private readonly isTick: boolean;
  private readonly secret: HTMLInputElement | null;
  private length: Length | null = null;

  constructor(
    readonly box: HTMLElement,
    url: string,
    private readonly drafts: Drafts,
  ) {
    this.prompt = box.dataset.question ?? "";
    this.text = box.querySelector("[data-text]");
    this.ticks = [...box.querySelectorAll<HTMLInputElement>("[data-tick]")];
    this.isTick = box.dataset.format === "checkbox";
    this.secret = box.querySelector("[data-private]");
    const send = (now: Text, revision: number) =>
      callApi("POST", url, { prompt: this.prompt, ...now, revision }) as Promise<Kept | null>;
    this.saver = new Saver(send, Number(box.dataset.revision), (state) => this.show(state));
    this.text?.addEventListener("input", () => this.changed());
    for (const tick of this.ticks) tick.addEventListener("change", () => this.changed(QUICK));
    this.secret?.addEventListener("change", () => this.changed(QUICK));
    this.watchRemoval();
    this.measure();
    if (this.isTouched()) this.changed(); // before this script was there, or put back by the browser
  }

  get value(): Value {
    if (this.text) return this.text.value;
    if (this.isTick) return this.ticks.some((tick) => tick.checked);
    return this.ticks.filter((tick) => tick.checked).map((tick) => tick.value);
  }

  get isPrivate(): boolean | undefined {
    return this.secret?.checked;
  }

  /** Put what was typed in another life of this page back; whether there was anything. */
  async restore(): Promise<boolean> {
    const draft = (await this.drafts.find(this.prompt)) as Draft | null;
    if (!draft || this.isTouched()) return false;
    if (same(draft.value, this.value) && (draft.private === undefined || draft.private === this.isPrivate)) {
      if (!this.box.querySelector("[data-refused]")) this.drafts.drop(this.prompt);
      return false;
    }
    this.put(draft);
    this.saver.rebase(draft.revision); // if the answer is another by now, the server shows both
    this.saver.type(this.now(), 0);
    return true;
  }

  /** Words that came another way, such as from a recording: below those that stand there. */
  add(words: string): void {
    if (!this.text) return;
    const before = this.text.value.trimEnd();
    this.text.value = before ? `${before}\n\n${words}` : words;
    this.changed(0);
    this.text.focus();
  }

  /** A recording made the answer one, or was all that there was of it. */
  exists(there: boolean): void {
    this.control("[data-remove]").hidden = !there;
    if (!there) this.forget();
  }

  changed(wait?: number): void {
    const now = this.now();
    this.drafts.keep(this.prompt, { ...now, revision: this.saver.revision });
    this.measure();
    this.saver.type(now, wait);
  }

  private now(): Text {
    return this.secret ? { value: this.value, private: this.secret.checked } : { value: this.value };
  }

  private put(text: Text): void {
    const { value } = text;
    if (this.text) this.text.value = typeof value === "string" ? value : "";
    for (const tick of this.ticks)
      tick.checked = this.isTick ? value === true : Array.isArray(value) && value.includes(tick.value);
    if (this.secret && text.private !== undefined) this.secret.checked = text.private;
    this.measure();
  }

  private isTouched(): boolean {
    const typed = this.text && this.text.value !== this.text.defaultValue;
    const ticked = [...this.ticks, ...(this.secret ? [this.secret] : [])];
    return Boolean(typed) || ticked.some((tick) => tick.checked !== tick.defaultChecked);
  }

  private measure(): void {
    const line = this.box.querySelector<HTMLElement>("[data-length]");
    if (!this.text || !line) return;
    const limit = Number(line.dataset.length);
    const length = lengthOf(this.text.value, limit);
    line.textContent = length.words;
    line.className = length.tone ? `toned ${length.tone} font-medium` : "";
    const said = announcement(this.length, length, limit);
    if (said && this.length) this.control("[data-announce]").textContent = said;
    this.length = length;
  }

  private watchRemoval(): void {
    const button = this.box.querySelector<HTMLButtonElement>("[data-remove]");
    button?.addEventListener("click", (event) => {
      event.preventDefault();
      void this.remove(button);
    });
  }

  private async remove(button: HTMLButtonElement): Promise<void> {
    await this.saver.settle();
    if (this.saver.blocked) return; // the page says why
    const was = this.now();
    const restoreVoice = await this.takeVoice();
    try {
      await callApi("DELETE", `${button.dataset.remove ?? ""}?expect=${this.saver.revision}`);
    } catch (error) {
      this.say(`Not removed: ${error instanceof Error ? error.message : "try again."}`);
      return;
    }
    this.put({ value: this.isTick ? false : this.text ? "" : [] });
    this.forget();
    button.hidden = true;
    this.offerUndo(() => {
      this.put(was);
      if (!isBlank(was.value)) this.changed(0);
      restoreVoice();
      this.focus();
    });
  }

  /** Set by the voice of this question, if it has one: takes it off the page, and can put it back. */
  takeVoice: () => Promise<() => void> = () => Promise.resolve(() => undefined);

  private forget(): void {
    this.saver.forget();
    this.drafts.drop(this.prompt);
    this.seen();
  }

  private offerUndo(undo: () => void): void {
    const line = this.control("[data-saved]");
    const button = el("button", { type: "button", class: "link-plain font-medium" }, "Undo");
    button.addEventListener("click", undo);
    line.replaceChildren("Removed. ", button);
    button.focus();
  }

  private focus(): void {
    (this.text ?? this.ticks[0])?.focus();
  }

  private seen(): void {
    const field = this.box.querySelector<HTMLInputElement>("[data-seen]");
    if (field) field.value = String(this.saver.revision);
  }

  private control(selector: string): HTMLElement {
    return this.box.querySelector<HTMLElement>(selector) ?? el("span");
  }

  private say(words: string): void {
    this.control("[data-saved]").textContent = words;
  }

  private show(state: State): void {
    this.seen();
    this.say(words(state, this.saver.revision));
    if (state.kind === "saved" || state.kind === "blank") {
      if (!this.saver.blocked) this.drafts.drop(this.prompt); // nothing newer waits
      if (state.kind === "saved") this.control("[data-remove]").hidden = false;
      const further = this.box.querySelector("[data-further]");
      const asked = further?.querySelector("[data-reply]");
      if (!asked) further?.dispatchEvent(new CustomEvent("process:saved")); // now it can be asked about
    }
    if (state.kind === "changed") this.clash(state.message, state.theirs);
  }

  private clash(message: string, theirs: unknown): void {
    const clash = this.control("[data-clash]");
    const close = () => {
      clash.hidden = true;
      clash.replaceChildren();
      this.focus();
    };
    const mine = el("button", { type: "button", class: "btn btn-sm btn-line" }, "Keep what I typed here");
    mine.addEventListener("click", () => {
      this.saver.keepMine();
      close();
    });
    const other = el("button", { type: "button", class: "btn btn-sm btn-line" }, "Take the other one");
    other.addEventListener("click", () => {
      this.put({ value: asValue(theirs) });
      this.saver.takeTheirs();
      this.drafts.drop(this.prompt);
      this.seen();
      this.say("");
      close();
    });
    clash.className = "note tone-waiting flex-col";
    clash.hidden = false;
    clash.replaceChildren(
      el("p", {}, message),
      el("p", { class: "font-medium" }, "Saved in the other tab or on the other device:"),
      el("p", { class: "break-words whitespace-pre-line" }, this.inWords(theirs)),
      el("div", { class: "flex flex-wrap gap-2" }, mine, other),
    );
  }

  private inWords(value: unknown): string {
    if (typeof value === "boolean") return value ? "Ticked" : "Not ticked";
    if (!Array.isArray(value)) return typeof value === "string" && value ? value : "(nothing)";
    const chosen = this.ticks.filter((tick) => value.includes(tick.value));
    return chosen.map((tick) => tick.closest("label")?.textContent.trim() ?? tick.value).join(", ");
  }
}

function asValue(value: unknown): Value {
  if (typeof value === "string" || typeof value === "boolean") return value;
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : "";
}

function words(state: State, revision: number): string {
  switch (state.kind) {
    case "saving":
      return "Saving…";
    case "saved":
      return `Saved ${shortly(state.at)}`;
    case "blank":
      return revision ? "Left blank: your saved answer is still kept." : "";
    case "offline":
      return "Not saved: no connection, trying again";
    case "refused":
      return `Not saved: ${state.message}`;
    case "changed":
      return "Not saved: there are two answers";
  }
}
