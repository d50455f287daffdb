/** Pages of strategies follow their runs by the live feed: what stands there is fetched anew as they go on. */

import { Feed } from "../run/feed";

interface News {
  events?: { seq: number }[];
}

/** Elements marked `data-follow-run="execution"`, with the last event that they know in `data-after`. */
export function followRuns(root: ParentNode = document, open?: (url: string) => WebSocket): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-follow-run]")) follow(element, open);
}

function follow(element: HTMLElement, open?: (url: string) => WebSocket): void {
  const execution = element.dataset.followRun;
  let after = Number(element.dataset.after ?? 0);
  new Feed({
    subscription: () => ({ execution, after }),
    onNews(message) {
      after = Math.max(after, ...((message as News).events ?? []).map((event) => event.seq));
      tellRunChanged(element);
    },
    onState(state) {
      if (state === "live") tellRunChanged(element); // whatever happened while nobody listened
    },
    ...(open && { open }),
  }).start();
}

/** Elements below that show how a run stands say by `hx-trigger` how often they wish to hear of it. */
export function tellRunChanged(root: ParentNode): void {
  for (const each of root.querySelectorAll("[data-run-changes]"))
    each.dispatchEvent(new CustomEvent("run:changed"));
}
