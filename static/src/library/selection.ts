/** Selected rows: ticking one, a range with Shift, the page, or all that the filters find. */

export interface Counted {
  count: number;
  text: string;
}

/** The words of the bar for a number of rows. */
export function selectionText(number: number): string {
  return number === 1 ? "1 selected" : `${number.toLocaleString("en")} selected`;
}

/** Boxes between two, both included, in the order of the page. */
export function between<T>(boxes: T[], one: T, other: T): T[] {
  const [from, to] = [boxes.indexOf(one), boxes.indexOf(other)].sort((a, b) => a - b) as [number, number];
  return from < 0 ? [] : boxes.slice(from, to + 1);
}

export class Selection {
  private last: HTMLInputElement | null = null;
  private ticked = new Set<string>();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly count: (url: string) => Promise<Counted>,
  ) {}

  start(): void {
    document.addEventListener("click", (event) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement) || box.dataset.select === undefined) return;
      if (event.shiftKey && this.last) {
        for (const each of between(this.boxes(), this.last, box)) each.checked = box.checked;
      }
      this.last = box;
      this.show();
    });
    document.addEventListener("change", (event) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement) || box.dataset.selectPage === undefined) return;
      for (const each of this.boxes()) each.checked = box.checked;
      this.show();
      if (box.checked) void this.offerEverything();
    });
    this.form.addEventListener("click", (event) => {
      if (!(event.target instanceof Element)) return;
      if (event.target.closest("[data-bulk-clear]")) this.clear();
      if (event.target.closest("[data-bulk-everything]")) this.takeEverything();
    });
    this.form.addEventListener("htmx:afterRequest", (event) => {
      if (!(event as CustomEvent<{ successful: boolean }>).detail.successful) return;
      for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
      for (const field of this.texts()) field.value = "";
      this.clear();
    });
    this.show();
  }

  clear(): void {
    for (const each of this.boxes()) each.checked = false;
    this.show();
  }

  /** Rows that were replaced by fresh ones stay selected. */
  restore(): void {
    for (const each of this.boxes()) each.checked = this.ticked.has(each.value);
    if (this.part("all", HTMLInputElement).value === "") this.show();
  }

  /** Bring bar, rows and the box of the head in line with the ticks; "everything" ends with any change. */
  show(): void {
    const boxes = this.boxes();
    const ticked = boxes.filter((box) => box.checked);
    this.ticked = new Set(ticked.map((box) => box.value));
    for (const box of boxes) box.closest("tr")?.toggleAttribute("data-selected", box.checked);
    const page = document.querySelector<HTMLInputElement>("[data-select-page]");
    if (page) {
      page.checked = boxes.length > 0 && ticked.length === boxes.length;
      page.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
    }
    this.part("all", HTMLInputElement).value = "";
    this.part("everything", HTMLButtonElement).hidden = true;
    this.tell(ticked.length === 0 ? "" : selectionText(ticked.length));
  }

  /** After the whole page was ticked: are there more that the filters find? */
  private async offerEverything(): Promise<void> {
    const query = location.search.slice(1);
    const subject = this.form.dataset.subject ?? "";
    const url = `${this.form.dataset.countUrl}?${new URLSearchParams({ subject, query })}`;
    const { count, text } = await this.count(url);
    if (count <= this.boxes().length) return;
    const button = this.part("everything", HTMLButtonElement);
    button.textContent = `Select all ${text} that match`;
    button.dataset.text = text;
    button.hidden = false;
  }

  private takeEverything(): void {
    const button = this.part("everything", HTMLButtonElement);
    this.part("all", HTMLInputElement).value = "1";
    this.part("query", HTMLInputElement).value = location.search.slice(1);
    this.tell(`All ${button.dataset.text ?? ""} that match are selected`);
    button.hidden = true;
  }

  private tell(text: string): void {
    this.part("bar", HTMLElement).hidden = text === "";
    document.body.classList.toggle("has-selection", text !== ""); // room below, so that the bar hides no row
    this.part("count", HTMLElement).textContent = text;
  }

  private boxes(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>("[data-select]")];
  }

  /** What the dialogs ask for: they belong to the form without being inside it. */
  private texts(): HTMLInputElement[] {
    return [...this.form.elements].filter(
      (each): each is HTMLInputElement =>
        each instanceof HTMLInputElement && (each.name === "confirm" || each.name === "reason"),
    );
  }

  private part<T extends HTMLElement>(name: string, kind: new () => T): T {
    const found = this.form.querySelector(`[data-bulk-${name}]`);
    if (!(found instanceof kind)) throw new Error(`the bar lacks its ${name}`);
    return found;
  }
}
