/** The steps of a session replace themselves when something new is known: nobody loses what they do there. */

const PART = "steps";
const FOLD = "details[data-keep-open]";

export function keepParts(root: Document = document): void {
  let open = new Map<string, boolean>();
  root.addEventListener("htmx:beforeSwap", (event) => {
    const part = partOf(event);
    if (!part) return;
    if (isBusy(part)) {
      (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false; // asked again in a moment
      return;
    }
    open = new Map([...part.querySelectorAll<HTMLDetailsElement>(FOLD)].map((each) => [each.id, each.open]));
  });
  root.addEventListener("htmx:afterSwap", () => {
    const part = root.getElementById(PART);
    for (const fold of part?.querySelectorAll<HTMLDetailsElement>(FOLD) ?? [])
      fold.open = open.get(fold.id) ?? fold.open;
    open.clear();
  });
}

/** Whether somebody is in the middle of something: a question is open, or words were typed. */
export function isBusy(part: ParentNode): boolean {
  if (part.querySelector("dialog[open]")) return true;
  const fields = part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    "input:not([type=hidden]), textarea",
  );
  const shown = [...fields].filter((field) => !field.closest("dialog"));
  return shown.some((field) => field.value.trim() !== field.defaultValue.trim());
}

function partOf(event: Event): HTMLElement | null {
  return event.target instanceof HTMLElement && event.target.id === PART ? event.target : null;
}
