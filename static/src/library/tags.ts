/** A field for tags: what is typed becomes a chip; the form gets them separated by commas. */

import { el, icon } from "../page/dom";

/** Tags as the server keeps them: lower case, single blanks, each once. */
export function cleaned(texts: string[]): string[] {
  const tags = texts
    .flatMap((text) => text.split(","))
    .map((tag) => tag.trim().replace(/\s+/g, " ").toLowerCase());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

/** Replace a plain field by chips and a field for the next one. */
export function makeTagField(field: HTMLInputElement): void {
  if (field.dataset.tagged !== undefined) return;
  field.dataset.tagged = "";
  let tags = cleaned([field.value]);
  const typed = el("input", {
    id: field.id,
    type: "text",
    autocomplete: "off",
    list: field.dataset.tagsFrom,
    "aria-describedby": field.getAttribute("aria-describedby") ?? undefined,
    "aria-invalid": field.getAttribute("aria-invalid") ?? undefined,
  });
  const chips = el("span", { class: "contents", role: "list", "aria-label": "Tags" });
  const box = el("div", { class: "input tag-box w-full" }, chips, typed);
  field.removeAttribute("id");
  field.type = "hidden";
  field.after(box);

  const show = () => {
    field.value = tags.join(", ");
    chips.replaceChildren(...tags.map((tag) => chip(tag, () => set(tags.filter((each) => each !== tag)))));
    chips.hidden = tags.length === 0;
  };
  const set = (wanted: string[]) => {
    tags = cleaned(wanted);
    show();
    typed.focus();
  };
  const take = () => {
    if (typed.value.trim() === "") return;
    tags = cleaned([...tags, typed.value]);
    typed.value = "";
    show();
  };
  typed.addEventListener("keydown", (event) => {
    if (event.key === "," || (event.key === "Enter" && typed.value.trim() !== "")) {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && typed.value === "" && tags.length > 0) {
      set(tags.slice(0, -1));
    }
  });
  typed.addEventListener("change", take);
  field.form?.addEventListener("submit", take, true);
  field.form?.addEventListener("htmx:configRequest", take);
  show();
}

function chip(tag: string, remove: () => void): HTMLElement {
  const button = el("button", { type: "button", class: "cursor-pointer", "aria-label": `Remove ${tag}` });
  button.append(icon("x", "size-3"));
  button.addEventListener("click", remove);
  return el("span", { class: "tag", role: "listitem" }, tag, button);
}
