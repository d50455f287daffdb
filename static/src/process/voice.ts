/** The voice of one answer: recorded, listened to, kept, written down if the person asks for it. */

import type { Sounds } from "../kept/sounds";
import { askFirst } from "../page/dialogs";
import { el, icon } from "../page/dom";
import { callApi } from "../page/http";
import type { Question } from "./question";
import { CannotRecord, Recorder, clock, type Refusal } from "./recorder";
import { Transcript } from "./transcript";
import { Upload, putSound, type Recorded, type Sending } from "./upload";

const REFUSALS: Record<Refusal, string> = {
  unsupported: "This browser cannot record on this page. Type your answer below.",
  refused:
    "The microphone is blocked for this page. Allow it beside the address of the page, then try again. Or type your answer below.",
  missing: "No microphone was found. Plug one in and try again, or type your answer below.",
  busy: "Another program is using the microphone. Close it and try again, or type your answer below.",
};

export class Voice {
  private readonly url: string;
  private readonly most: number;
  private readonly upload: Upload;
  private readonly transcript: Transcript;
  private sounds: Promise<Sounds | null> | Sounds | null = null;
  private recorder: Recorder | null = null;
  private parts: Blob[] = [];
  private seconds = 0;
  private local = "";
  private ended: (() => void)[] = [];

  constructor(
    private readonly box: HTMLElement,
    private readonly question: Question,
  ) {
    this.url = box.dataset.voice ?? "";
    this.most = Number(box.dataset.most);
    this.seconds = Number(box.dataset.seconds ?? 0);
    const put = (sound: Blob, onProgress: (share: number) => void) =>
      putSound(`${this.url}?${this.about()}`)(sound, onProgress);
    this.upload = new Upload(put, (state) => this.sending(state));
    this.transcript = new Transcript(box, this.url, (words) => question.add(words));
    question.takeVoice = () => this.take();
    if (this.seconds) this.rest();
    else this.idle();
    this.transcript.show(box.dataset.transcription ?? "none");
  }

  get unsaved(): boolean {
    return this.recorder !== null || this.upload.pending;
  }

  get blocked(): boolean {
    return this.unsaved;
  }

  flush(): void {
    this.upload.flush();
  }

  /** Ends a recording that runs, and sends what there is. */
  async settle(): Promise<void> {
    if (this.recorder) {
      const over = new Promise<void>((resolve) => this.ended.push(resolve));
      this.recorder.stop();
      await over;
    }
    await this.upload.settle();
  }

  /** A recording that was cut short, or never arrived, is sent now. */
  async restore(sounds: Sounds | null): Promise<boolean> {
    this.sounds = sounds;
    const found = await sounds?.find(this.question.prompt);
    if (!found || this.recorder || this.upload.pending) return false;
    this.seconds = found.seconds;
    this.send(found.sound);
    return true;
  }

  private about(): string {
    const query = new URLSearchParams({ duration: this.seconds.toFixed(1) });
    if (this.question.isPrivate !== undefined) query.set("private", String(this.question.isPrivate));
    return query.toString();
  }

  private idle(): void {
    this.draw(
      this.button("mic", "Record your answer", "btn-line", () => this.start()),
      hint(),
    );
  }

  private async start(): Promise<void> {
    this.draw(
      el("p", { class: "text-muted" }, "Your browser asks whether this page may use the microphone."),
    );
    try {
      const listener = {
        part: (data: Blob, number: number, seconds: number) => void this.keep(data, number, seconds),
        ended: (seconds: number) => this.stopped(seconds),
      };
      this.parts = [];
      await (await this.sounds)?.drop(this.question.prompt);
      this.recorder = await Recorder.start(listener);
    } catch (error) {
      this.cannot(error instanceof CannotRecord ? error.why : "unsupported");
      return;
    }
    this.recording(this.recorder);
    this.say("Recording.");
  }

  private cannot(why: Refusal): void {
    const note = el(
      "div",
      { class: "note tone-waiting" },
      icon("triangle-alert"),
      el("p", {}, REFUSALS[why]),
    );
    const again = this.button("mic", "Try again", "btn-line", () => this.start());
    this.draw(note, why === "unsupported" ? null : again);
    this.say(REFUSALS[why]);
  }

  private recording(recorder: Recorder): void {
    const time = el("span", { class: "font-medium tabular-nums" }, "0:00");
    const bar = el("span", { class: "voice-level-bar" });
    const level = el("span", { class: "voice-level", "aria-hidden": "true" }, bar);
    const light = el("span", { class: "voice-light", "aria-hidden": "true" });
    const pause = this.button("pause", "Pause", "btn-line", () => {
      if (recorder.isPaused) recorder.resume();
      else recorder.pause();
      pause.replaceChildren(
        icon(recorder.isPaused ? "mic" : "pause"),
        ...named(recorder.isPaused ? "Resume" : "Pause"),
      );
      light.classList.toggle("voice-light-off", recorder.isPaused);
      this.say(recorder.isPaused ? "The recording rests." : "Recording.");
    });
    pause.replaceChildren(icon("pause"), ...named("Pause"));
    const stop = this.button("square", "Stop", "btn-primary", () => recorder.stop());
    const most = el("span", { class: "text-muted tabular-nums" }, `of ${clock(this.most)}`);
    this.draw(
      el("div", { class: "flex min-w-0 grow items-center gap-2.5" }, light, time, most, level),
      el("div", { class: "flex gap-2" }, pause, stop),
    );
    stop.focus();
    const tick = () => {
      if (this.recorder !== recorder) return;
      time.textContent = clock(recorder.seconds);
      bar.style.transform = `scaleX(${recorder.isPaused ? 0 : recorder.level})`;
      if (recorder.seconds >= this.most) recorder.stop();
      else requestAnimationFrame(tick);
    };
    tick();
  }

  private async keep(data: Blob, number: number, seconds: number): Promise<void> {
    this.parts.push(data);
    try {
      await (await this.sounds)?.keep(this.question.prompt, { number, type: data.type, seconds, data });
    } catch {
      // The browser's storage is full or forbidden: the recording is in this page's memory all the same.
    }
  }

  private stopped(seconds: number): void {
    const type = (this.recorder?.type ?? "").split(";")[0] ?? "";
    this.recorder = null;
    this.seconds = seconds;
    if (this.parts.length) this.send(new Blob(this.parts, { type }));
    else this.idle();
    for (const resolve of this.ended.splice(0)) resolve();
  }

  private send(sound: Blob): void {
    URL.revokeObjectURL(this.local);
    this.local = URL.createObjectURL(sound);
    this.transcript.show("none");
    this.upload.start(sound);
  }

  private sending(state: Sending): void {
    if (state.kind === "sending") {
      const percent = Math.round(state.share * 100);
      const progress = el("progress", {
        class: "progress progress-primary w-28",
        max: "100",
        value: String(percent),
      });
      progress.setAttribute("aria-label", "Saving your recording");
      this.player(el("span", { class: "flex items-center gap-2 text-muted" }, "Saving…", progress));
    } else if (state.kind === "waiting") {
      const words = "Not saved yet: no connection. It is kept in this browser and sent when there is one.";
      this.player(el("span", { class: "toned tone-waiting" }, words));
      this.say(words);
    } else if (state.kind === "refused") {
      this.player(el("span", { class: "toned tone-bad" }, `Not saved: ${state.message}`));
      this.say(`Not saved: ${state.message}`);
    } else {
      this.kept(state.recorded);
    }
  }

  private kept(recorded: Recorded): void {
    void Promise.resolve(this.sounds).then((sounds) => sounds?.drop(this.question.prompt));
    this.question.exists(true);
    this.rest();
    this.transcript.show(recorded.transcription);
    this.say("Your recording is saved.");
  }

  private rest(): void {
    this.player(el("span", { class: "text-muted" }, `Recorded, ${clock(this.seconds)}`));
  }

  private player(status: HTMLElement): void {
    const source = this.local || `${this.url}sound/`;
    const present = this.box.querySelector<HTMLAudioElement>("[data-stage] audio");
    const audio =
      present?.getAttribute("src") === source
        ? present
        : el("audio", {
            controls: true,
            preload: "metadata",
            src: source,
            class: "w-full",
            "aria-label": "Your recording",
          });
    const again = this.button("mic", "Record again", "btn-ghost", () => this.again());
    const remove = this.button("trash-2", "Delete the recording", "btn-ghost", () => this.remove());
    const buttons = el("div", { class: "flex flex-wrap gap-1" }, again, remove);
    this.draw(
      audio,
      el("div", { class: "flex w-full flex-wrap items-center justify-between gap-2" }, status, buttons),
    );
  }

  private async again(): Promise<void> {
    const text = "Record again? The new recording takes the place of this one once it is saved.";
    if (!(await askFirst({ text, action: "Record again", danger: false }))) return;
    this.upload.forget();
    await this.start();
  }

  private async remove(): Promise<void> {
    const text = "Delete this recording? It cannot be brought back. Words that you typed stay.";
    if (!(await askFirst({ text, action: "Delete it", danger: true }))) return;
    try {
      if (!this.upload.pending) await callApi("DELETE", this.url);
    } catch (error) {
      this.say(error instanceof Error ? error.message : "It could not be deleted.");
      return;
    }
    await this.clear();
    if (!this.question.saver.revision) this.question.exists(false);
    this.say("The recording is deleted.");
  }

  private async clear(): Promise<void> {
    this.upload.forget();
    await (await this.sounds)?.drop(this.question.prompt);
    URL.revokeObjectURL(this.local);
    this.local = "";
    this.seconds = 0;
    this.transcript.show("none");
    this.idle();
  }

  /** Off the page together with its answer; what is given back puts it there again. */
  private async take(): Promise<() => void> {
    const { seconds } = this;
    if (!seconds) return () => undefined;
    const answer = await fetch(this.local || `${this.url}sound/`);
    const sound = await answer.blob();
    await this.clear();
    return () => {
      this.seconds = seconds;
      this.send(sound);
    };
  }

  private draw(...children: (HTMLElement | null)[]): void {
    const stage = this.box.querySelector("[data-stage]");
    stage?.replaceChildren(...children.filter((child) => child !== null));
  }

  private say(words: string): void {
    const line = this.box.querySelector("[data-voice-status]");
    if (line) line.textContent = words;
  }

  private button(name: string, words: string, look: string, act: () => unknown): HTMLButtonElement {
    const button = el("button", { type: "button", class: `btn btn-sm ${look}` }, icon(name), words);
    button.addEventListener("click", () => void act());
    return button;
  }
}

/** A word that other buttons of the page bear as well. */
function named(word: string): [string, HTMLElement] {
  return [word, el("span", { class: "sr-only" }, " the recording")];
}

function hint(): HTMLElement {
  return el("span", { class: "text-[0.8125rem] text-muted" }, "or type below, as you like");
}
