/** What a provider heard in a recording: asked for by the person, looked over, and theirs to use or not. */

import { askFirst } from "../page/dialogs";
import { el, icon } from "../page/dom";
import { callApi } from "../page/http";
import type { Recorded } from "./upload";

const PAUSE = 2_000;

export class Transcript {
  private readonly place: HTMLElement | null;
  private readonly provider: string;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    box: HTMLElement,
    private readonly url: string,
    private readonly use: (words: string) => void,
  ) {
    this.place = box.querySelector("[data-transcript]");
    this.provider = box.dataset.provider ?? "";
  }

  /** As it stands, for a recording that there is; of one there is not, nothing is shown. */
  show(state: string): void {
    clearTimeout(this.timer);
    if (state === "wanted") this.waiting("");
    else if (state === "ready" || state === "failed") void this.look();
    else this.offer();
  }

  private hasRecording(): boolean {
    return this.place?.closest("[data-voice]")?.querySelector("audio") != null;
  }

  private offer(fault = ""): void {
    if (!this.provider || !this.hasRecording()) {
      this.draw();
      return;
    }
    const button = el(
      "button",
      { type: "button", class: "btn btn-sm btn-line" },
      icon("wand-sparkles"),
      "Write it down for me",
    );
    button.addEventListener("click", () => void this.ask());
    const note = fault ? el("p", { class: "toned tone-bad" }, fault) : null;
    this.draw(note, button);
  }

  private async ask(): Promise<void> {
    const text = `Send this recording to ${this.provider}? It is used to write down your words, which you look over before they become your answer. What was sent is noted for you.`;
    if (!(await askFirst({ text, action: "Send it", danger: false }))) return;
    await this.fetch("POST", `${this.url}transcription/`);
  }

  private async look(): Promise<void> {
    await this.fetch("GET", this.url);
  }

  private async fetch(method: string, url: string): Promise<void> {
    let recorded: Recorded;
    try {
      recorded = (await callApi(method, url)) as Recorded;
    } catch (error) {
      this.offer(error instanceof Error ? error.message : "It did not work.");
      return;
    }
    if (recorded.transcription === "wanted") this.waiting(recorded.transcription_fault);
    else if (recorded.transcription === "ready") this.ready(recorded.transcript);
    else this.offer(recorded.transcription_fault);
  }

  private waiting(fault: string): void {
    const words = fault ? `${fault} It is tried again by itself.` : "Your words are being written down…";
    this.draw(
      el(
        "p",
        { class: "flex items-center gap-2 text-muted", role: "status" },
        icon("loader-circle", "spin"),
        words,
      ),
    );
    this.timer = setTimeout(() => void this.look(), PAUSE);
  }

  private ready(words: string): void {
    const use = el("button", { type: "button", class: "btn btn-sm btn-primary" }, "Use these words");
    use.addEventListener("click", () => {
      this.use(words);
      void this.settle();
    });
    const leave = el("button", { type: "button", class: "btn btn-sm btn-ghost" }, "Leave them");
    leave.addEventListener("click", () => void this.settle());
    this.draw(
      el(
        "p",
        { class: "font-medium", role: "status" },
        "This is what was heard. Look it over; it becomes your answer only if you take it.",
      ),
      el("p", { class: "break-words whitespace-pre-line" }, words),
      el("div", { class: "flex flex-wrap gap-2" }, use, leave),
    );
  }

  /** Taken or left, they are not offered again. If the server does not hear of it, they are: no harm is done. */
  private async settle(): Promise<void> {
    this.draw();
    try {
      await callApi("DELETE", `${this.url}transcription/`);
    } catch {
      return;
    }
  }

  private draw(...children: (HTMLElement | null)[]): void {
    if (!this.place) return;
    const shown = children.filter((child) => child !== null);
    this.place.replaceChildren(...shown);
    this.place.hidden = !shown.length;
  }
}
