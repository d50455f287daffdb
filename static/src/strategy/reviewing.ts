/** a accepts the step that waits, e edits it, r asks again: where no field is being typed into. */

const KEYS = new Set(["a", "e", "r"]);

export function watchReview(root: Document = document): void {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !KEYS.has(event.key)) return;
    if (isTyping(event.target) || root.querySelector("dialog[open]")) return;
    const control = root.querySelector<HTMLElement>(`.review-row [aria-keyshortcuts="${event.key}"]`);
    if (!control) return;
    event.preventDefault();
    control.click();
  });
}

function isTyping(element: EventTarget | null): boolean {
  return element instanceof HTMLElement && element.matches("input, textarea, select, [contenteditable]");
}
