/** The chips above the chart that say which detections are shown. */

import { ALL, FIELDS, isNarrow, readFilter, writeFilter, type Field, type Filter } from "./filter";

export class FilterBar {
  filter: Filter = ALL;
  private readonly boxes: HTMLInputElement[];
  private readonly clearing: HTMLElement | null;
  private readonly says: HTMLElement | null;

  /** `key` is where the browser remembers it; what the address asks for comes first. */
  constructor(
    form: HTMLElement,
    private readonly key: string,
    private readonly onChange: () => void,
  ) {
    this.boxes = [...form.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    this.clearing = form.querySelector("[data-clear-filter]");
    this.says = form.querySelector("[data-filter-says]");
    const known = Object.fromEntries(FIELDS.map((field) => [field, this.values(field)]));
    const read = (search: string): Filter => readFilter(search, known as Record<Field, string[]>);
    const asked = read(location.search);
    this.filter = isNarrow(asked) ? asked : read(remembered(key));
    for (const box of this.boxes) box.checked = this.filter[box.name as Field].has(box.value);
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", (event) => event.preventDefault());
    this.clearing?.addEventListener("click", () => {
      this.clear();
      this.focus();
    });
    this.keep();
  }

  clear(): void {
    for (const box of this.boxes) box.checked = false;
    this.changed();
  }

  focus(): void {
    this.boxes[0]?.focus();
  }

  tell(shown: number, all: number): void {
    const isOn = isNarrow(this.filter);
    if (this.says) this.says.textContent = isOn ? `${shown} of ${all} shown` : "";
    if (this.clearing) this.clearing.hidden = !isOn;
  }

  private values(field: Field): string[] {
    return this.boxes.filter((box) => box.name === field).map((box) => box.value);
  }

  private changed(): void {
    const checked = (field: Field): ReadonlySet<string> =>
      new Set(this.boxes.filter((box) => box.name === field && box.checked).map((box) => box.value));
    this.filter = { kind: checked("kind"), direction: checked("direction"), verdict: checked("verdict") };
    this.keep();
    this.onChange();
  }

  private keep(): void {
    const search = writeFilter(location.search, this.filter);
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
    try {
      localStorage.setItem(this.key, writeFilter("", this.filter));
    } catch {
      return; // a browser that keeps nothing filters all the same
    }
  }
}

function remembered(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
