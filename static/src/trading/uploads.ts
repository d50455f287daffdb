/** What a form with ``data-upload`` says while htmx sends its file. */

export function watchUploads(): void {
  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = event.target instanceof Element ? event.target.closest("[data-upload]") : null;
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    if (form) tell(form, total > 0 ? loaded / total : 0);
  });
}

export function tell(form: Element, part: number): void {
  const state = form.querySelector<HTMLElement>("[data-upload-state]");
  const bar = state?.querySelector("progress");
  const words = state?.querySelector("[data-upload-words]");
  if (!state || !bar || !words) return;
  state.hidden = false;
  bar.value = part;
  words.textContent =
    part < 1 ? `${String(Math.floor(part * 100))} % sent` : "Sent. The server reads it, line by line.";
}
