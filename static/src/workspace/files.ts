/** Choosing files for a form: by a button, by dropping or pasting, each to be taken away before it is sent. */

import { el, icon } from "../page/dom";

const MEGABYTE = 1024 * 1024;
const MOST_SHOWN = 5 * MEGABYTE;

export class Files {
  private constructor(
    private readonly box: HTMLElement,
    private readonly input: HTMLInputElement,
    private readonly refuse: (words: string) => void,
  ) {}

  /** Null for a form without a place for files. ``refuse`` is told what is wrong, and nothing once it is not. */
  static of(form: HTMLFormElement, refuse: (words: string) => void): Files | null {
    const box = form.querySelector<HTMLElement>("[data-files]");
    const input = box?.querySelector<HTMLInputElement>('input[type="file"]');
    if (!box || !input) return null;
    const files = new Files(box, input, refuse);
    files.watch(form);
    return files;
  }

  get chosen(): File[] {
    return [...(this.input.files ?? [])];
  }

  set chosen(files: File[]) {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    this.input.files = all.files;
    this.show();
  }

  add(files: Iterable<File>): void {
    this.chosen = [...this.chosen, ...files];
  }

  /** What can be told before they are sent, empty if all is well; what they are, the server looks into. */
  fault(): string {
    const files = this.chosen;
    const most = Number(this.box.dataset.mostFiles);
    if (files.length > most) return `At most ${most} files at once.`;
    const [image = 0, video = 0, other = 0] = (this.box.dataset.limits ?? "").split(" ").map(Number);
    for (const file of files) {
      const limit = file.type.startsWith("image/") ? image : file.type.startsWith("video/") ? video : other;
      if (file.size > limit * MEGABYTE) return `“${file.name}” is larger than ${limit} MB.`;
    }
    return "";
  }

  private watch(form: HTMLFormElement): void {
    this.input.addEventListener("change", () => this.show());
    form.addEventListener("paste", (event) => {
      const pasted = event.clipboardData?.files;
      if (!pasted?.length) return;
      event.preventDefault();
      this.add(pasted);
    });
    form.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.dataset.dropping = "";
    });
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget as Node | null)) delete form.dataset.dropping;
    });
    form.addEventListener("drop", (event) => {
      delete form.dataset.dropping;
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  private show(): void {
    const list = this.box.querySelector<HTMLElement>("[data-chosen]");
    const files = this.chosen;
    if (list) {
      list.hidden = !files.length;
      list.replaceChildren(...files.map((file) => this.row(file)));
    }
    this.refuse(this.fault());
  }

  private row(file: File): HTMLElement {
    const button = el(
      "button",
      { type: "button", class: "tag max-w-60" },
      el("span", { class: "sr-only" }, "Take away "),
      this.picture(file),
      el("span", { class: "truncate" }, file.name),
      el("span", { class: "text-muted" }, sizeOf(file.size)),
      icon("x", "size-3"),
    );
    button.addEventListener("click", () => {
      this.chosen = this.chosen.filter((each) => each !== file);
      this.input.focus();
    });
    return el("li", { class: "max-w-full" }, button);
  }

  private picture(file: File): HTMLElement | null {
    if (!/^image\/(png|jpeg|webp)$/.test(file.type)) return null;
    if (file.size > MOST_SHOWN) return null;
    const picture = el("img", { alt: "", class: "chosen-picture" });
    const reader = new FileReader(); // the policy of our pages admits data, and no blobs
    reader.addEventListener("load", () => (picture.src = reader.result as string));
    reader.readAsDataURL(file);
    return picture;
  }
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] = bytes < MEGABYTE ? [bytes / 1024, "KB"] : [bytes / MEGABYTE, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
