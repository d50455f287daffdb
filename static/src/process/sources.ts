/** One card beside the sentence that is looked at, with the answers that it rests on. */

import { el } from "../page/dom";

const GAP = 6;

export class Sources {
  private readonly card = el("div", { class: "source-card", role: "note", "aria-hidden": "true" });
  private shown: HTMLElement | null = null;
  private held = false;

  constructor(text: HTMLElement) {
    this.card.hidden = true;
    document.body.append(this.card);
    text.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse" && !this.held) this.show(sentence(event.target));
    });
    text.addEventListener("pointerleave", () => !this.held && this.hide());
    text.addEventListener("focusin", (event) => this.show(sentence(event.target)));
    text.addEventListener("focusout", () => this.release());
    text.addEventListener("click", (event) => this.tap(event));
    document.addEventListener("click", (event) => {
      const inside =
        event.target instanceof Node && (this.card.contains(event.target) || text.contains(event.target));
      if (!inside) this.release();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.release();
    });
  }

  private tap(event: Event): void {
    const chosen = sentence(event.target);
    if (!chosen) {
      this.release();
      return;
    }
    event.preventDefault(); // without this script it leads to the answer in the list
    const again = this.held && this.shown === chosen;
    this.show(chosen);
    this.held = true;
    if (again) this.release();
  }

  private release(): void {
    this.held = false;
    this.hide();
  }

  private hide(): void {
    if (!this.shown) return;
    mark(this.shown, false);
    this.shown = null;
    this.card.hidden = true;
  }

  private show(chosen: HTMLElement | null): void {
    if (chosen === this.shown) return;
    this.hide();
    if (!chosen) return;
    this.shown = chosen;
    mark(chosen, true);
    const parts = origins(chosen).map((origin) => {
      const part = el("div", { class: "flex flex-col gap-1" });
      part.append(...[...origin.childNodes].map((node) => node.cloneNode(true)));
      return part;
    });
    this.card.replaceChildren(el("div", { class: "flex flex-col gap-3" }, ...parts));
    this.card.hidden = false;
    this.place(chosen);
  }

  /** Below the sentence's first line, or above it where there is no room. */
  private place(chosen: HTMLElement): void {
    const line = chosen.getClientRects()[0] ?? chosen.getBoundingClientRect();
    const all = chosen.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const left = Math.max(16, Math.min(line.left, document.documentElement.clientWidth - width - 16));
    const below = all.bottom + GAP;
    const fits = below + height < innerHeight || all.top - GAP < height;
    this.card.style.left = `${left + scrollX}px`;
    this.card.style.top = `${(fits ? below : all.top - GAP - height) + scrollY}px`;
  }
}

function sentence(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-from]") : null;
}

function origins(chosen: HTMLElement): HTMLElement[] {
  const ids = (chosen.dataset.from ?? "").split(" ").filter(Boolean);
  return ids.flatMap((id) => document.getElementById(id) ?? []);
}

function mark(chosen: HTMLElement, on: boolean): void {
  for (const each of [chosen, ...origins(chosen)]) each.toggleAttribute("data-shown", on);
}
