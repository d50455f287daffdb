/** Lists of runs and the first page: rows change where they stand; new runs are announced, or fetched. */

import { debounce } from "../page/dom";
import { Feed } from "../run/feed";

interface Changed {
  id: string;
}

const CALM = 250;
const root = document.querySelector<HTMLElement>("[data-follow]");
if (root) follow(root);

function follow(root: HTMLElement): void {
  const onHome = root.dataset.follow === "home";
  const wanted = new Set<string>();
  const fresh = new Set<string>();
  const newest = topRow();

  const fetchRows = debounce(CALM, () => {
    if (onHome) document.body.dispatchEvent(new CustomEvent("runs:changed"));
    else if (wanted.size > 0)
      document.getElementById("row-feed")?.dispatchEvent(new CustomEvent("rows:wanted"));
  });
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = (event as CustomEvent<{ elt: HTMLElement; parameters: object }>).detail;
    if (elt.id !== "row-feed") return;
    (parameters as Record<string, string[]>).id = [...wanted];
    wanted.clear();
  });

  new Feed({
    subscription: () => ({ mine: true }),
    onNews(message) {
      for (const { id } of (message.changed ?? []) as Changed[]) {
        if (document.getElementById(`run-${id}`)) wanted.add(id);
        else if ("followNew" in root.dataset && id > newest) fresh.add(id);
      }
      announce(root, fresh.size);
      fetchRows();
    },
    onState(state) {
      if (state !== "live") return;
      for (const id of shownRows()) wanted.add(id); // whatever happened to them while nobody listened
      fetchRows();
    },
  }).start();
}

/** Ids carry their time: what is greater than the first row's began after it. */
function topRow(): string {
  return document.querySelector<HTMLElement>("[data-run]")?.dataset.run ?? "";
}

function shownRows(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-run]")].map((row) => row.dataset.run ?? "");
}

function announce(root: ParentNode, count: number): void {
  const bar = root.querySelector<HTMLElement>("[data-new-runs]");
  const text = bar?.querySelector("[data-new-count]");
  if (!bar || !text || count === 0) return;
  bar.hidden = false;
  text.textContent = count === 1 ? "1 new run" : `${count} new runs`;
}
