/** The controls of the replay: on and off, one bar on or back, playing, jumping to a bar. */

import { Replay, type Range } from "./replay";

const TICK = 250;

export class Player {
  readonly replay: Replay;
  private playing: ReturnType<typeof setInterval> | undefined;
  private readonly controls: HTMLElement | null;
  private readonly input: HTMLInputElement | null;

  /** `onMove` is told after each move, and whether the chart should go where it led. */
  constructor(
    private readonly root: HTMLElement,
    range: Range,
    private readonly onMove: (isFar: boolean) => void,
  ) {
    this.replay = new Replay(range);
    this.controls = root.querySelector("[data-replay-controls]");
    this.input = root.querySelector("[data-replay-bar]");
    this.input?.addEventListener("change", () => this.jump(Number(this.input?.value)));
  }

  toggle(from: number): void {
    this.pause();
    if (this.replay.isOn) this.replay.stop();
    else this.replay.start(from);
    this.moved(this.replay.isOn);
  }

  step(by: number): void {
    if (!this.replay.isOn) return;
    if (!this.replay.step(by)) this.pause();
    this.moved(false);
  }

  togglePlay(): void {
    if (this.playing !== undefined) {
      this.pause();
    } else if (this.replay.isOn) {
      this.playing = setInterval(() => this.step(1), TICK);
      this.press("play", true);
    }
  }

  pause(): void {
    clearInterval(this.playing);
    this.playing = undefined;
    this.press("play", false);
  }

  private jump(bar: number): void {
    if (!this.replay.isOn || !Number.isFinite(bar)) return;
    this.replay.start(bar);
    this.moved(true);
  }

  private moved(isFar: boolean): void {
    if (this.controls) this.controls.hidden = !this.replay.isOn;
    if (this.input) this.input.value = String(this.replay.now);
    this.press("replay", this.replay.isOn);
    this.onMove(isFar);
  }

  private press(name: string, isOn: boolean): void {
    this.root.querySelector(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(isOn));
  }
}
