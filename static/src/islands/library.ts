/** The library: searching as one types, the folder tree, selected rows, tags as chips. */

import { Selection, type Counted } from "../library/selection";
import { makeTagField } from "../library/tags";
import { restoreTree, watchTree } from "../library/tree";
import { callApi } from "../page/http";

const form = document.querySelector<HTMLFormElement>("form[data-bulk]");
const selection = form ? new Selection(form, async (url) => (await callApi("GET", url)) as Counted) : null;

restoreTree();
watchTree();
selection?.start();
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-tags]")) makeTagField(field);

// At once and not only when all has settled: a click in between would find fresh rows without their ticks.
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) {
  document.body.addEventListener(name, () => {
    restoreTree();
    selection?.restore();
  });
}
/** A filter that is not set does not show in the address. */
document.body.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = (event as CustomEvent<{ elt: Element; parameters: Record<string, unknown> }>)
    .detail;
  if (!elt.matches("[data-library-filters]")) return;
  for (const [name, value] of Object.entries(parameters))
    if (value === "") Reflect.deleteProperty(parameters, name);
});

document.addEventListener("keydown", (event) => {
  const field = document.querySelector<HTMLInputElement>("[data-slash]");
  const typing =
    event.target instanceof Element &&
    event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || !field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

document.addEventListener("click", (event) => {
  const button =
    event.target instanceof Element && event.target.closest<HTMLElement>("[data-remove-closest]");
  if (button) button.closest(button.dataset.removeClosest ?? "*")?.remove();
});
