/** The list of entries: what comes is put where it belongs, what is there already changes in place. */

/** Entries that stay in the page; what is beyond goes at the other end and is fetched anew when wanted. */
export const MOST = 1000;

export function fragment(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}

/**
 * Puts entries into the list by their ids, which rise with time. Gives those that were not there before.
 * What is older than all that is shown stays out: it comes when one scrolls up to it.
 */
export function upsert(list: HTMLElement, from: ParentNode): HTMLElement[] {
  const added: HTMLElement[] = [];
  let day: HTMLElement | undefined;
  for (const each of from.querySelectorAll<HTMLElement>("[data-entry], [data-day]")) {
    if (each.dataset.day) {
      day = each;
      continue;
    }
    const entry = document.importNode(each, true);
    const known = document.getElementById(entry.id);
    if (known) {
      if (known.dataset.stamp !== entry.dataset.stamp) known.replaceWith(entry);
    } else if (place(list, entry, day)) added.push(entry);
  }
  return added;
}

/** Entries that are older than all that are there, before them. */
export function prepend(list: HTMLElement, from: ParentNode): void {
  const first = list.querySelector<HTMLElement>("[data-day]");
  const nodes = [...from.querySelectorAll<HTMLElement>("[data-older], [data-entry], [data-day]")];
  list.prepend(...nodes.map((node) => document.importNode(node, true)));
  const twice = days(list).filter((day) => day.dataset.day === first?.dataset.day);
  if (twice.length > 1) first?.remove();
}

/** Keeps the page bounded: takes the newest away. Gives whether any were. */
export function cut(list: HTMLElement, most = MOST): boolean {
  const entries = list.querySelectorAll<HTMLElement>("[data-entry]");
  for (let at = entries.length - 1; at >= most; at--) entries[at]?.remove();
  for (const day of days(list)) if (!day.nextElementSibling) day.remove();
  return entries.length > most;
}

function days(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-day]")];
}

function place(list: HTMLElement, entry: HTMLElement, day: HTMLElement | undefined): boolean {
  const id = entry.dataset.entry ?? "";
  const there = [...list.querySelectorAll<HTMLElement>("[data-entry]")];
  const later = there.find((each) => (each.dataset.entry ?? "") > id);
  if (later && later === there[0]) return false;
  const sending = list.querySelector("[data-sending]");
  if (!later && day && there.at(-1)?.dataset.date !== entry.dataset.date)
    list.insertBefore(document.importNode(day, true), sending);
  list.insertBefore(entry, later ?? sending);
  return true;
}
