/** j and k walk through a list of approvals, Enter opens, a approves and r rejects the one in focus. */

const ROW = ".inbox-row";

export function watchKeys(root: HTMLElement): void {
  let focused: string | undefined;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(root, event.key)) event.preventDefault();
  });
  root.addEventListener("focusin", (event) => {
    focused = rowOf(event.target)?.dataset.approval;
  });
  // The list replaces itself when something changes, perhaps behind a dialog: whoever was in it stays there.
  const stay = (): void => {
    if (document.activeElement !== document.body || focused === undefined) return;
    const rows = [...root.querySelectorAll<HTMLElement>(ROW)];
    target(rows.find((row) => row.dataset.approval === focused) ?? null)?.focus();
  };
  document.addEventListener("htmx:afterSwap", stay);
  document.addEventListener("close", () => setTimeout(stay), true);
}

function act(root: HTMLElement, key: string): boolean {
  const rows = [...root.querySelectorAll<HTMLElement>(ROW)];
  const here = rowOf(document.activeElement);
  const at = here ? rows.indexOf(here) : -1;
  switch (key) {
    case "j":
      return go(rows[Math.min(at + 1, rows.length - 1)]);
    case "k":
      return go(rows[Math.max(at - 1, 0)]);
    case "a":
      return press(here, "[data-approve]");
    case "r":
      return press(here, "[data-reject]");
    default:
      return false;
  }
}

function go(row: HTMLElement | undefined): boolean {
  const link = target(row ?? null);
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return link !== null;
}

function press(row: HTMLElement | null, which: string): boolean {
  const button = row?.querySelector<HTMLButtonElement>(which) ?? null;
  button?.click();
  return button !== null;
}

function target(row: Element | null): HTMLElement | null {
  return row?.querySelector<HTMLElement>(".inbox-target") ?? null;
}

function rowOf(element: EventTarget | null): HTMLElement | null {
  return element instanceof Element ? element.closest<HTMLElement>(ROW) : null;
}

function isTyping(element: EventTarget | null): boolean {
  return element instanceof HTMLElement && element.matches("input, textarea, select, [contenteditable]");
}
