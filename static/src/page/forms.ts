/** Forms: one click fills in demo people, filters apply as they change, secrets are copied. */

import { toast } from "./toasts";

const TYPED = new Set(["search", "text", "datetime-local"]); // part by part, and applied by Enter or a button

export function watchForms(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const filler = event.target.closest<HTMLElement>("[data-fill]");
    if (filler) fill(filler);
    const copier = event.target.closest<HTMLElement>("[data-copy]");
    if (copier) void copy(copier);
  });
  document.addEventListener("change", (event) => {
    const changed = event.target;
    if (!(changed instanceof HTMLSelectElement || changed instanceof HTMLInputElement)) return;
    const form = changed.form;
    if (form?.matches("[data-autosubmit]") && !TYPED.has(changed.type)) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.matches("[data-tidy]"))
      leaveOutBlanks(event.target);
  });
}

/** A filter that is not set does not show in the address. */
function leaveOutBlanks(form: HTMLFormElement): void {
  for (const control of form.elements) {
    if (
      (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) &&
      control.value === ""
    ) {
      control.disabled = true;
      setTimeout(() => (control.disabled = false));
    }
  }
}

/** `data-fill='{"id_username": "ada"}'` sets fields by id, and goes on to the button unless told to stay. */
function fill(filler: HTMLElement): void {
  const values = JSON.parse(filler.dataset.fill ?? "{}") as Record<string, string>;
  let form: HTMLFormElement | null = null;
  for (const [id, value] of Object.entries(values)) {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      form = field.form;
    }
  }
  if ("stay" in filler.dataset) return;
  form?.querySelector<HTMLButtonElement>("button[type=submit]")?.focus();
}

async function copy(copier: HTMLElement): Promise<void> {
  const source = document.getElementById(copier.dataset.copy ?? "");
  const text = source instanceof HTMLInputElement ? source.value : (source?.textContent ?? "");
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("The browser does not let the page copy; select the text and copy it.", "waiting");
  }
}
