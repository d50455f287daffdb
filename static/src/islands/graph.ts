/** Zoom and drag for pictures of graphs on pages that show nothing live. */

import { watchGraphs } from "../run/zoom";

watchGraphs();
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target instanceof HTMLElement) watchGraphs(event.target);
});
