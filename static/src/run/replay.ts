/** The time slider: the picture as it was right after any event. */

import { debounce } from "../page/dom";
import { type Marks } from "./marks";

interface Moment {
  seq: number;
  marks: Marks;
  sentence: string;
}

export class Replay {
  private readonly slider: HTMLInputElement;
  private readonly text: HTMLOutputElement;
  private readonly back: HTMLButtonElement;
  private wanted = 0;
  /** Whether the picture shows the past. */
  isOn = false;

  constructor(
    form: HTMLFormElement,
    private readonly url: string,
    private readonly show: (marks: Marks) => void,
    private readonly showNow: () => void,
  ) {
    form.hidden = false;
    this.slider = found(form, "input");
    this.text = found(form, "output");
    this.back = found(form, "button");
    const ask = debounce(80, () => void this.ask());
    this.slider.addEventListener("input", () => {
      this.isOn = this.slider.value !== this.slider.max;
      this.back.hidden = !this.isOn;
      if (this.isOn) ask();
      else this.end();
    });
    this.back.addEventListener("click", () => this.end());
    form.addEventListener("submit", (event) => event.preventDefault());
    this.say(this.slider.valueAsNumber, "");
  }

  /** The run has gone on. */
  grow(seq: number): void {
    this.slider.max = String(seq);
    if (this.isOn) return;
    this.slider.value = String(seq);
    this.say(seq, "");
  }

  private end(): void {
    this.isOn = false;
    this.wanted = 0;
    this.back.hidden = true;
    this.slider.value = this.slider.max;
    this.say(this.slider.valueAsNumber, "");
    this.showNow();
  }

  private async ask(): Promise<void> {
    const seq = this.slider.valueAsNumber;
    this.wanted = seq;
    const answer = await fetch(`${this.url}?seq=${seq}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || this.wanted !== seq) return; // the slider has moved on
    const moment = (await answer.json()) as Moment;
    this.show(moment.marks);
    this.say(seq, moment.sentence);
  }

  private say(seq: number, sentence: string): void {
    this.text.textContent = sentence === "" ? `Event ${seq}` : `${seq}: ${sentence}`;
    this.slider.setAttribute("aria-valuetext", this.text.textContent);
  }
}

function found<K extends keyof HTMLElementTagNameMap>(root: ParentNode, tag: K): HTMLElementTagNameMap[K] {
  const element = root.querySelector(tag);
  if (!element) throw new Error(`The slider's form has no ${tag}.`);
  return element;
}
