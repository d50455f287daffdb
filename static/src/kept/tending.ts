/** On every page: what this browser keeps of texts and recordings that were not saved goes in time. */

import { pruneSounds, wipeSounds } from "./sounds";
import { names, prune } from "./vault";

export function tendKept(): void {
  const { person } = document.documentElement.dataset; // none where nobody is logged in: they may come back
  try {
    prune(localStorage, person);
  } catch {
    return; // storage is forbidden: nothing is kept either
  }
  void pruneSounds(person);
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.matches("[data-log-out]")) wipe();
  });
}

export function wipe(): void {
  for (const name of names(localStorage)) localStorage.removeItem(name);
  wipeSounds();
}
