/** The lines below the chart: what is shown, what is not there, and what of the reviews is not saved yet. */

interface Moment {
  now: string;
  known: number;
  isReplaying: boolean;
  bar: number;
  last: number;
  span: string;
  count: number;
}

export class StatusLine {
  constructor(
    private readonly says: HTMLElement,
    private readonly saving: HTMLElement | null,
    private readonly again: HTMLElement | null,
    private readonly crowd: HTMLElement | null,
  ) {}

  tell(moment: Moment): void {
    const { known } = moment;
    this.says.textContent = moment.isReplaying
      ? `Bar ${moment.bar} of ${moment.last}, ${moment.now}: ${known} ${known === 1 ? "detection was" : "detections were"} known.`
      : `${moment.count.toLocaleString("en-GB")} bars, ${moment.span}.`;
  }

  /** Whether bars that are looked at could not be loaded. */
  missing(isMissing: boolean): void {
    if (this.again) this.again.hidden = !isMissing;
  }

  /** Too many detections in view to be told apart. */
  crowded(count: number): void {
    if (!this.crowd) return;
    this.crowd.hidden = count === 0;
    this.crowd.textContent = `${count.toLocaleString("en-GB")} detections here. Zoom in to see them.`;
  }

  unsaved(waiting: number, isCut: boolean): void {
    if (!this.saving) return;
    const what = waiting === 1 ? "1 review" : `${waiting} reviews`;
    const words = isCut
      ? `The server cannot be reached. ${what} ${waiting === 1 ? "waits" : "wait"} in this browser and will be sent.`
      : waiting
        ? `Saving ${what}…`
        : "All saved";
    if (this.saving.textContent !== words) this.saving.textContent = words;
    this.saving.dataset.state = isCut ? "cut" : waiting ? "saving" : "saved";
  }
}
